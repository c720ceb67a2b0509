//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
out vec2 uv;
void main() { uv = vertexMC.xy * 0.5 + 0.5; gl_Position = vec4(vertexMC.xy, 0.0, 1.0); }
