//VTK::System::Dec
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
//INCLUDE project.glsl
in vec4 vertexMC;
in vec3 normalMC;
in float plateRow;
#ifdef DATED
in vec2 plateSpan;
out float early;
#endif
uniform mat4 MCVCMatrix;
uniform mat3 normalMatrix;
out vec4 face;
flat out float code;

void main()
{
  code = plateRow;
  vec4 at = MCVCMatrix * vec4(vertexMC.xyz, 1.0);
  at.xyz += pulledApart(at.xyz);
  face = vec4((normalMatrix * normalMC) * toView, -at.z);
  gl_Position = projected(at.xyz);
#ifdef DATED
  early = max(plateSpan.x - year, year - plateSpan.y);
#endif
}
