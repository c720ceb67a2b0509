// Contours from the Laplacian of 1/depth (zero on any plane) and from folds.
// `near`: how much more the nearer side of an edge is drawn than the farther one.
float contour(ivec2 c, vec4 g, vec3 n, int reach, float near)
{
  ivec2 size = textureSize(gbuffer, 0) - 1;
  float bend = 0.0, fold = 0.0, sum = 0.0; float k;
  for (int axis = 0; axis < 2; axis++)
  {
    ivec2 step_ = axis == 0 ? ivec2(reach, 0) : ivec2(0, reach);
    vec4 a = texelFetch(gbuffer, clamp(c + step_, ivec2(0), size), 0), b = texelFetch(gbuffer, clamp(c - step_, ivec2(0), size), 0);
    float step_out = (2.0 * g.g - a.g - b.g) / max(g.g, max(a.g, b.g));
    bend = max(bend, step_out > 0.0 ? step_out : -step_out * (1.0 - near));
    if (a.g > 0.0) fold = max(fold, 1.0 - dot(n, unpackNormal(a.r, k)));
    if (b.g > 0.0) fold = max(fold, 1.0 - dot(n, unpackNormal(b.r, k)));
  }
  float outline = smoothstep(0.012, 0.05, bend);
  return max(outline, smoothstep(0.12, 0.45, fold) * 0.85);
}
