//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
//INCLUDE screen.glsl
#ifdef LAMPS
//INCLUDE lamps.glsl
#endif
in vec2 uv;

// What the air before a wall sends to the eye, at half size: the glow of lamps; how much of it lies in light, and in whole numbers how
// much of it is known, of 1023. Blending is off here: the last is no alpha.

#ifdef FALL
// The air that lies in light (share, how much is known), evened out at a quarter of the size: between the four nearest, by depth.
vec2 airLit(vec2 at, float depth)
{
  ivec2 size = textureSize(shafts, 0); vec2 p = at * vec2(size) - 0.5;
  ivec2 c = ivec2(floor(p)); vec2 f = p - floor(p);
  vec2 sum = vec2(0.0); float weight = 1e-6, least = 1.0 / (0.15 * depth);
  for (int j = 0; j < 2; j++) for (int i = 0; i < 2; i++)
  {
    vec3 o = texelFetch(shafts, clamp(c + ivec2(i, j), ivec2(0), size - 1), 0).rgb;
    float w = max(1.0 - abs(o.g - depth) * least, 1e-3);
    w *= (i == 0 ? 1.0 - f.x : f.x) * (j == 0 ? 1.0 - f.y : f.y);
    sum += o.rb * w; weight += w;
  }
  return sum / weight;
}
#endif

void main()
{
  ivec2 size = textureSize(gbuffer, 0);
  vec4 g = texelFetch(gbuffer, ivec2(uv * vec2(size) - 0.25), 0);
  vec3 glow = vec3(0.0); vec2 lit = vec2(0.0);
#ifdef LAMPS
  vec3 view = viewPoint(uv, g.g > 0.0 ? g.g : 1e-13);
  float far = parallel > 0.5 ? -view.z : length(view);
  vec3 dir = transpose(toView) * (parallel > 0.5 ? vec3(0.0, 0.0, -1.0) : view / far);
  glow = lampsIn(dir, far);
#endif
#ifdef FALL
  lit = airLit(uv, 1.0 / max(g.g, 1e-13));
#endif
  fragOutput0 = vec4(glow, min(lit.x, 0.999) + floor(lit.y * 1023.0 + 0.5));
}
