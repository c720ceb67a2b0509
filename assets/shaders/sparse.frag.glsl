//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
in vec2 uv;

// Depth at half size, in four bytes: what is looked up all about a pixel must be small, or the processor waits for its memory.
void main()
{
  float inverse = texelFetch(gbuffer, ivec2(uv * vec2(textureSize(gbuffer, 0)) - 0.25), 0).g;        // one of four texels, always
  fragOutput0 = inverse > 0.0 ? asBytes(depthOf(1.0 / inverse)) : vec4(1.0);
}
