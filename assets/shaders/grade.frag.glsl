//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
in vec2 uv;
flat in float adapted;

vec3 filmic(vec3 x) { return clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0); }   // Narkowicz 2015

void main()
{
  float inverse = texelFetch(gbuffer, ivec2(uv * vec2(textureSize(gbuffer, 0))), 0).g;
  gl_FragDepth = inverse > 0.0 ? depthOf(1.0 / inverse) : 1.0;
  vec3 colour = texture(lit, uv).rgb;
  colour += texture(glow, uv).rgb * gradeGlow;
  if (drawn > 0.5) { fragOutput0 = vec4(clamp(colour * gradeExposure, 0.0, 1.0), 1.0); return; }       // a drawing is in the screen's own colours
  colour *= 0.74 * adapted * gradeExposure;
  colour = filmic(colour * 0.95);
  colour = pow(colour, vec3(1.0 / 2.2));
  colour = mix(colour, colour * colour * (3.0 - 2.0 * colour), gradeContrast);
  float tone = luminance(colour);
  colour = mix(vec3(tone), colour, gradeSaturation);
  colour += gradeMiddle * tone * (1.0 - tone) * 4.0;
  vec2 whole = (lens.zw + 1.0) / pixelShare + 2.0 * origin;             // a tile is darkened as its part of the picture, not by itself
  vec2 away = (gl_FragCoord.xy + origin) / whole - 0.5;
  colour *= 1.0 - gradeVignette * dot(away, away);
  float grain = unit(mixBits(uint(gl_FragCoord.x + origin.x) * 2654435761U ^ mixBits(uint(gl_FragCoord.y + origin.y)))) - 0.5;
  colour += grain * gradeGrain;
  fragOutput0 = vec4(clamp(colour, 0.0, 1.0), 1.0);
}
