//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
in vec2 uv;

// One step of a pyramid of glows: a 6 x 6 tent over the larger picture.
void main()
{
  vec2 texel = 1.0 / vec2(textureSize(source, 0));
  vec3 sum = vec3(0.0); float weight = 0.0;
  for (int j = -3; j < 3; j++) for (int i = -3; i < 3; i++)
  {
    vec2 o = vec2(float(i), float(j)) + 0.5;
    float w = (3.5 - abs(o.x)) * (3.5 - abs(o.y));
    sum += min(texture(source, uv + o * texel).rgb, vec3(16.0)) * w; weight += w;
  }
  fragOutput0 = vec4(sum / weight, 1.0);
}
