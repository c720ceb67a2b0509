// Ink: contours, blacks by tone, hatching, and haze to paper. Lines: contours alone, as chalk or light.
vec3 inkSky(vec2 at) { return linePaper; }

// Whoever draws by hand shades one side of things, so that a tower in even light has form. The side hangs on the place, not on the eye.
float shadeSide(vec3 n, vec3 up) { return max(dot(n, normalize(cross(up, vec3(0.31, -0.42, 0.85)))), 0.0); }

vec3 inked(ivec2 c, vec4 g, vec3 n, vec3 up, float kind, vec4 page, float open, float haze)
{
  float near = 1.0 - haze;
  // An eye adapts, and so does a page: by night and in rooms less light is white already. Black is what lies deep, not what is dim.
  float bright = page.x * 2.6 * mix(2.1 - 0.9 * daylight(hour + eyePhase, duty), 2.4, indoors);
  float tone = pow(clamp(bright, 0.0, 1.0), 0.6) * mix(0.22, 1.0, smoothstep(0.10, 0.85, open)) * (1.0 - 0.50 * shadeSide(n, up));
  float dark = (1.0 - tone) * smoothstep(0.10, 0.70, near);
#ifndef LINES
  dark = mix(dark, smoothstep(0.40, 0.86, dark), 0.75);             // a page is white or black: greys are few
#endif
#ifdef LINES
  float line = contour(c, g, n, 1, 1.0) * mix(0.12, 1.0, near * near);
#else
  float thin = contour(c, g, n, 1, 0.6), thick = contour(c, g, n, 2, 0.6);
  float line = max(thin, thick * smoothstep(0.50, 0.90, near)) * mix(0.30, 1.0, smoothstep(0.0, 0.6, near));
#endif
  float detail = smoothstep(0.45, 0.85, page.y) * smoothstep(0.35, 0.9, near);
  float shade = smoothstep(-0.13, 0.13, (dark - 0.47) * 1.9 - page.z);
  shade = max(shade, smoothstep(-0.13, 0.13, (dark - 0.66) * 2.4 - page.w));
  float black = smoothstep(0.74, 0.79, dark + 0.10 * (page.z - 0.5));           // its rim frays into strokes
  black *= lineBlack;
  float ink = max(max(shade * lineHatch, detail), black);
  if (kind == GLOWING) ink = 0.0;
  if (kind == SECTION) ink = detail;
#ifdef LINES
  float chalk = max(line, detail * 0.45) * mix(0.3, 1.0, near) + 0.04 * (1.0 - dark);
  if (kind == SECTION) chalk = max(line, 0.10 + 0.22 * smoothstep(0.72, 0.95, strokes(gl_FragCoord.x + gl_FragCoord.y + origin.x + origin.y, 1.6)));
  vec3 drawn = mix(linePaper, lineInk, clamp(chalk, 0.0, 1.0));
  return kind == GLOWING ? mix(drawn, lineAccent, 0.25 + 0.75 * clamp(page.x * 0.5, 0.0, 1.0)) : drawn;
#endif
  ink = mix(max(ink, line), ink * (1.0 - line * 0.85), black);      // on black, contours are left white
  return mix(linePaper, lineInk, ink * mix(0.25, 1.0, smoothstep(0.0, 0.45, near)));
}
