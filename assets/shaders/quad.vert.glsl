//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
out vec2 uv;
// Over the whole picture, or the part of its width and height that `band` says.
void main()
{
  uv = mix(band.xz, band.yw, vertexMC.xy * 0.5 + 0.5);
  gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
