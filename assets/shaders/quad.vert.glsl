//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
out vec2 uv;
// Over the whole picture, or the part of its height that `band` says.
void main()
{
  uv = vec2(vertexMC.x * 0.5 + 0.5, mix(band.x, band.y, vertexMC.y * 0.5 + 0.5));
  gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
