//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
//INCLUDE screen.glsl
#ifdef FALL
//INCLUDE fall.glsl
#endif
in vec2 uv;

// What changes softly over a wall, at half size: depth (metres), how open it lies, wisps of haze before it, what reaches it of the light
// that falls. Blending is off here: the last is no alpha.

// Occlusion evened out over the 4 x 4 turns of its taps: four by four of like depth, to the left and to the right by turns.
float openness(ivec2 c, float depth)
{
  ivec2 size = textureSize(occlusion, 0), from = c - 1 - ((c + ivec2(origin * 0.5)) & 1); float sum = 0.0, weight = 1e-4, least = 25.0 / depth;
  for (int j = 0; j < 4; j++) for (int i = 0; i < 4; i++)
  {
    vec2 o = texelFetch(occlusion, clamp(from + ivec2(i, j), ivec2(0), size - 1), 0).rg;
    float w = max(1.0 - abs(o.g - depth) * least, 1e-3);
    sum += o.r * w; weight += w;
  }
  return sum / weight;
}

#ifdef FALL
// What of the light from above reaches a wall: a penumbra that widens with the height it is stopped at.
float castOn(vec3 x, vec3 n, float lean)
{
  ivec2 size = textureSize(stopped, 0);
  float texel = 2.0 * fallHalf / float(size.x);
  vec3 at = onMap(x - anchor + n * (1.6 * texel));
  float there = mapped(at.xy);
  if (there <= 0.0) return 0.5;
  vec2 q = at.xy * vec2(size) - 0.5;
  vec4 m = texelFetch(stopped, clamp(ivec2(q + 0.5), ivec2(0), size - 1), 0);
  float reach = clamp(0.02 * max(m.r - at.z, 0.0) * m.a / texel, 1.0, 3.0);
  float sum = 0.0, steep = min(sqrt(1.0 - lean * lean) / max(lean, 0.1), 5.0);
  float high = at.z + texel * (1.0 + 1.4 * (reach - 1.0) * steep);         // or a wall aslant would shade itself
  vec2 f = q - floor(q);
  for (int j = -1; j <= 1; j++) for (int i = -1; i <= 1; i++)
  {
    // a tent a texel wide at each end, so that no step is seen within a texel
    float w = (i == 0 ? 1.0 : i < 0 ? 1.0 - f.x : f.x) * (j == 0 ? 1.0 : j < 0 ? 1.0 - f.y : f.y);
    sum += w * unstopped(ivec2(floor(q) + vec2(float(i), float(j)) * reach + 0.5), size, high);
  }
  return mix(0.5, sum / 4.0 * mix(0.4 - 0.3 * indoors, 1.0, lampsAbove(at.xy)), there);
}
#endif

void main()
{
  ivec2 size = textureSize(gbuffer, 0);
  vec4 g = texelFetch(gbuffer, ivec2(uv * vec2(size) - 0.25), 0);        // the middle lies between texels: one of them, always
  if (g.g <= 0.0) { fragOutput0 = vec4(0.0, 1.0, 0.5, 0.0); return; }
  mat3 toWorld = transpose(toView);
  vec3 x = toWorld * viewPoint(uv, g.g);
  float open = openness(ivec2(gl_FragCoord.xy), 1.0 / g.g);
  float wisps = value3(x / hazeLength * 2.3 + 7.0) * 0.6 + value3(x / hazeLength * 6.1 + 3.0) * 0.4, reaches = 0.0;
#ifdef FALL
  float form; vec3 n = unpackNormal(g.r, form);
  float lean = dot(n, fallLight);
  reaches = lean > 0.0 ? castOn(x, n, lean) : 0.0;
#endif
  fragOutput0 = vec4(1.0 / g.g, open, wisps, reaches);
}
