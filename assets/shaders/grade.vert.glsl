//VTK::System::Dec
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
uniform sampler2D glow3;
in vec4 vertexMC;
out vec2 uv;
flat out float adapted;

// The picture's own exposure from its widest glow, as an eye adapts, but not all the way: night stays night. Once a corner, not a pixel.
float found()
{
  float key = 0.0;
  for (int j = 0; j < 4; j++) for (int i = 0; i < 4; i++) key += log2(luminance(textureLod(glow3, (vec2(float(i), float(j)) + 0.5) / 4.0, 0.0).rgb) + 0.002);
  return inside > 0.5 ? clamp(pow(0.22 * exp2(-key / 16.0), 0.4), 0.72, 1.5) : 1.0;
}

void main()
{
  uv = mix(band.xz, band.yw, vertexMC.xy * 0.5 + 0.5);
  adapted = exposure > 0.0 ? exposure : found();
  gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
