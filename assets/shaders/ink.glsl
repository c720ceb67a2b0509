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

vec3 inked(ivec2 c, vec4 g, vec3 n, float kind, vec3 colour, float open, float haze)
{
  float tone = luminance(colour) / gain;
  float dark = 1.0 - smoothstep(0.0, 1.0, pow(clamp(tone * 3.2, 0.0, 1.0), 0.55) * mix(0.35, 1.0, open));
  float near = 1.0 - haze;
  float thin = contour(c, g, n, 1), thick = contour(c, g, n, 2);
  float line = max(thin, thick * smoothstep(0.45, 0.85, near));
  vec2 p = vec2(c);
  vec3 a = abs(n);
  float slope = a.z > max(a.x, a.y) ? 0.6 : a.x > a.y ? 1.9 : 1.2;
  vec2 along = vec2(cos(slope), sin(slope));
  float wave = abs(fract(dot(p, along) / 5.0) - 0.5) * 2.0, wave2 = abs(fract(dot(p, vec2(along.y, -along.x)) / 5.0) - 0.5) * 2.0;
  float ink = line * mix(0.35, 1.0, near);
  float d = dark * smoothstep(0.05, 0.75, near);
  ink = max(ink, smoothstep(0.80, 0.88, d));
  ink = max(ink, smoothstep(-0.12, 0.12, (d - 0.45) * 2.2 - wave) );
  ink = max(ink, smoothstep(-0.12, 0.12, (d - 0.62) * 2.2 - wave2));
  ink *= mix(0.12, 1.0, smoothstep(0.02, 0.5, near));
  if (kind == GLOWING) ink *= 0.15;
  if (style > 1.5) return mix(vec3(0.012, 0.055, 0.19), vec3(0.80, 0.90, 1.0), max(line * mix(0.25, 0.9, near), 0.10 * (1.0 - d)));
  return vec3(1.0 - ink);
}
