export const ENGINE_IMAGE: string;
