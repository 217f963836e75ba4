import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * The application comes from here alone: no script, style, picture or connection from elsewhere, and nothing inline. ECharts draws on a
 * canvas or makes SVG elements, neither of which needs more; pictures that it exports are `data:` and `blob:`.
 */
export const HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // It is spoken over HTTP on loopback; whoever puts TLS before it can say so there.
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' },
};
