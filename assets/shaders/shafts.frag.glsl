//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
//INCLUDE screen.glsl
//INCLUDE fall.glsl
in vec2 uv;

// Shafts of light: how much of the air along the sight line lies in light, weighed by how much of it the eye sees through the rest
// (single scattering in even haze, steps drawn by importance). Drawn at a quarter of the size; the lighting pass smooths the turns.
void main()
{
  ivec2 size = textureSize(gbuffer, 0);
  vec4 g = texelFetch(gbuffer, ivec2(uv * vec2(size) - 0.25), 0);        // the middle lies between texels: one of them, always
  mat3 toWorld = transpose(toView);
  float depth = g.g > 0.0 ? 1.0 / g.g : 1e12;
  vec3 view = viewPoint(uv, 1.0);
  float stretch = length(view);
  vec3 dir = toWorld * (view / stretch);
  float far = min(depth * stretch, 6.0 * fallReach), thick = min(hazeLength, 1.4 * fallReach);
  ivec2 map = textureSize(stopped, 0);
  ivec2 turn = ivec2(mod(gl_FragCoord.xy + floor(origin * 0.25), 4.0));
  ivec2 odd = ivec2(turn.x ^ turn.y, turn.y);
  float start = (float(8 * (odd.x & 1) + 4 * (odd.y & 1) + 2 * (odd.x >> 1) + (odd.y >> 1)) + 0.5) / 16.0;     // Bayer 1973
  float whole = 1.0 - exp(-far / thick), sum = 0.0, weight = 1e-4;
  for (int i = 0; i < STEPS; i++)
  {
    float share = (float(i) + start) / float(STEPS);
    vec3 at = onMap(dir * (-thick * log(1.0 - share * whole)) - anchor);
    float there = mapped(at.xy);
    weight += there;
    sum += there * unstopped(ivec2(at.xy * vec2(map)), map, at.z) * lampsAbove(at.xy);
  }
  fragOutput0 = vec4(sum / weight, depth, weight / float(STEPS), 1.0);
}
