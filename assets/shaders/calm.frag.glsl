//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
in vec2 uv;

// The turns of the shafts' steps evened out: each pixel and its like in depth over the 4 x 4 turns, all of equal weight.
void main()
{
  ivec2 size = textureSize(turns, 0), c = ivec2(uv * vec2(size));
  vec3 here = texelFetch(turns, c, 0).rgb;
  vec2 sum = vec2(0.0); float weight = 1e-4, least = 1.0 / (0.15 * here.g);
  for (int j = -2; j <= 2; j++) for (int i = -2; i <= 2; i++)
  {
    vec3 o = texelFetch(turns, clamp(c + ivec2(i, j), ivec2(0), size - 1), 0).rgb;
    float w = max(1.0 - abs(o.g - here.g) * least, 1e-3);
    w *= (abs(i) == 2 ? 0.5 : 1.0) * (abs(j) == 2 ? 0.5 : 1.0);
    sum += o.rb * w; weight += w;
  }
  fragOutput0 = vec4(sum.x / weight, here.g, sum.y / weight, 1.0);
}
