// The bundler turns the import of a sheet into a file of its own.
declare module '*.css';
