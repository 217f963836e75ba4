/** Vite takes style sheets out of what is imported. */
declare module '*.css';
