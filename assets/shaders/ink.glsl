// Ink: contours from the Laplacian of 1/depth (zero on any plane) and from folds, blacks by tone, hatching, and haze to paper.
vec3 inkSky(vec2 at) { return style > 1.5 ? vec3(0.010, 0.045, 0.16) : vec3(1.0); }

float contour(ivec2 c, vec4 g, vec3 n, int reach)
{
  ivec2 size = textureSize(gbuffer, 0) - 1;
  float bend = 0.0, fold = 0.0, sum = 0.0; float k;
  for (int axis = 0; axis < 2; axis++)
  {
    ivec2 step_ = axis == 0 ? ivec2(reach, 0) : ivec2(0, reach);
    vec4 a = texelFetch(gbuffer, clamp(c + step_, ivec2(0), size), 0), b = texelFetch(gbuffer, clamp(c - step_, ivec2(0), size), 0);
    bend = max(bend, abs(a.g + b.g - 2.0 * g.g) / max(g.g, max(a.g, b.g)));
    if (a.g > 0.0) fold = max(fold, 1.0 - dot(n, unpackNormal(a.r, k)));
    if (b.g > 0.0) fold = max(fold, 1.0 - dot(n, unpackNormal(b.r, k)));
  }
  float outline = smoothstep(0.012, 0.05, bend);
  return max(outline, smoothstep(0.12, 0.45, fold) * 0.85);
}

vec3 inked(ivec2 c, vec4 g, vec3 n, float kind, vec4 page, float open, float haze)
{
  float near = 1.0 - haze;
  float tone = pow(clamp(page.x * 2.6, 0.0, 1.0), 0.6) * mix(0.25, 1.0, open * open);
  float dark = (1.0 - tone) * smoothstep(0.10, 0.70, near);
  float thin = contour(c, g, n, 1), thick = contour(c, g, n, 2);
  float line = max(thin, thick * smoothstep(0.50, 0.90, near)) * mix(0.30, 1.0, smoothstep(0.0, 0.6, near));
  float detail = smoothstep(0.45, 0.85, page.y) * smoothstep(0.35, 0.9, near);
  float strokes = smoothstep(-0.18, 0.18, (dark - 0.50) * 2.4 - page.z);
  strokes = max(strokes, smoothstep(-0.18, 0.18, (dark - 0.74) * 3.0 - page.w));
  float black = smoothstep(0.84, 0.90, dark);
  float ink = max(max(strokes, detail), black);
  if (kind == GLOWING) ink = 0.0;
  if (kind == SECTION) ink = detail;
  if (style > 1.5)
  {
    float chalk = max(line, detail * 0.45) * mix(0.3, 1.0, near) + 0.05 * (1.0 - dark);
    return mix(vec3(0.010, 0.045, 0.16), vec3(0.80, 0.90, 1.0), clamp(chalk, 0.0, 1.0));
  }
  ink = mix(max(ink, line), ink * (1.0 - line * 0.85), black);      // on black, contours are left white
  return vec3(1.0 - ink * mix(0.25, 1.0, smoothstep(0.0, 0.45, near)));
}
