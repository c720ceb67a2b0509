//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
//INCLUDE project.glsl
in vec3 normalMC;
in vec4 glyphColor;
in mat4 GCMCMatrix;
in mat3 glyphNormalMatrix;
uniform mat4 MCVCMatrix;
uniform mat3 normalMatrix;
out vec3 viewAt;
out vec3 viewNormal;
out vec3 localAt;
out vec3 localNormal;
flat out vec3 extent;
flat out vec4 look;
flat out float seed;
flat out float shape;

void main()
{
  extent = vec3(length(GCMCMatrix[0].xyz), length(GCMCMatrix[1].xyz), length(GCMCMatrix[2].xyz));
  localAt = vertexMC.xyz * extent;
  float code = length(normalMC);        // the prototypes' normals are 1, 2 or 3 long: flat, round about z, round about x
  shape = floor(code + 0.5);
  localNormal = normalMC / code;
  look = floor(glyphColor * 255.0 + 0.5);
  seed = look.z + 256.0 * floor(log2(extent.x + 1e-9) * 7.0) + 31.0 * floor(log2(extent.z + 1e-9) * 5.0);
  viewNormal = normalMatrix * (glyphNormalMatrix * localNormal);
  vec4 at = MCVCMatrix * (GCMCMatrix * vertexMC);
  vec4 middle = MCVCMatrix * vec4(GCMCMatrix[3].xyz, 1.0);
  viewAt = at.xyz + pulledApart(middle.xyz);
  gl_Position = projected(viewAt);
}
