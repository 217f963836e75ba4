export const NETWORK_PLUGINS_FOLDER: string;
