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
  vec2 way = vec2(cos(turn), sin(turn)), reach = tiled * vec2(1.0 / aspect, 1.0), sparse_ = vec2(textureSize(sparse, 0));
  vec2 slope = 2.0 / lens.xy, shift = (1.0 + lens.zw) / lens.xy;
  mat2 golden = mat2(-0.7373688, 0.6754903, -0.6754903, -0.7373688);       // turns by 2.39996323, the golden angle
  float least = 1.0 / (5.0 * depth * halfHeight);
  for (int i = 0; i < TAPS; i++)                // of a number that the compiler knows, and without a branch: a software driver unrolls it
  {
    float r = (float(i) + 0.5) / float(TAPS), wide = 0.006 + 0.11 * r * r;
    vec2 at = uv + wide * reach * way, off = abs(at - 0.5);
    way = golden * way;
    float there = max(off.x, off.y) <= 0.5 ? 1.0 : 0.0;
    vec2 texel = floor(clamp(at, 0.0, 0.99999) * sparse_);
    float w = metres(texelFetch(sparse, ivec2(texel), 0));
    vec3 d = vec3(((texel + 0.25) / sparse_ * slope - shift) * (parallel > 0.5 ? 1.0 : w), -w) - p;
    float square = dot(d, d) + 1e-30, back = inversesqrt(square);
    float cosine = dot(d, n) * back - 0.06;
    shade += there * clamp(cosine, 0.0, 1.0) * clamp(1.6 - square * back * (least / wide), 0.0, 1.0);       // 2.5 times as far as it looks, at its depth
    total += there;
  }
  float open = 1.0 - 1.7 * shade / max(total, 1.0);
  fragOutput0 = vec4(clamp(open, 0.0, 1.0), depth, 0.0, 1.0);
}
