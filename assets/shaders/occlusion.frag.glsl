//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
//INCLUDE screen.glsl
in vec2 uv;

// Ambient occlusion on linear depth. The radius is constant on the screen, so its reach in metres grows with distance and
// a corner has the same contact shade at 3 m and at 1e8 m. Two reaches: contact, and the dark of whole canyons.
void main()
{
  ivec2 size = textureSize(gbuffer, 0);
  vec4 g = texelFetch(gbuffer, ivec2(uv * vec2(size) - 0.25), 0);        // the middle lies between texels: one of them, always
  if (g.g <= 0.0) { fragOutput0 = vec4(1.0, 0.0, 0.0, 1.0); return; }
  float kind; vec3 n = toView * unpackNormal(g.r, kind);
  vec3 p = viewPoint(uv, g.g);
  uvec2 place = uvec2(gl_FragCoord.xy + origin * 0.5) % 4U;
  float turn = unit(mixBits(place.x + 4U * place.y + 51U)) * 6.2831853;
  float aspect = float(size.x) / float(size.y);
  float depth = -p.z, shade = 0.0, total = 0.0;
  vec2 way = vec2(cos(turn), sin(turn));
  mat2 golden = mat2(-0.7373688, 0.6754903, -0.6754903, -0.7373688);       // turns by 2.39996323, the golden angle
  float least = 1.0 / (5.0 * depth * halfHeight);
  for (int i = 0; i < 16; i++)
  {
    if (float(i) >= taps) break;
    float r = (float(i) + 0.5) / taps; r = r * r;
    float wide = 0.006 + 0.11 * r;
    vec2 at = uv + wide * tiled * vec2(way.x / aspect, way.y);
    way = golden * way;
    if (at.x < 0.0 || at.y < 0.0 || at.x > 1.0 || at.y > 1.0) continue;
    float inverse = texelFetch(gbuffer, ivec2(at * vec2(size)), 0).g;
    total += 1.0;
    if (inverse <= 0.0) continue;
    vec3 d = viewPoint(at, inverse) - p;
    float far = length(d);
    float cosine = dot(d, n) / (far + 1e-20) - 0.06;
    shade += clamp(cosine, 0.0, 1.0) * clamp(1.6 - far * least / wide, 0.0, 1.0);       // 2.5 times as far as it looks, at its depth
  }
  float open = 1.0 - 1.7 * shade / max(total, 1.0);
  fragOutput0 = vec4(clamp(open, 0.0, 1.0), depth, 0.0, 1.0);
}
