//VTK::System::Dec
//VTK::CustomUniforms::Dec
//INCLUDE common.glsl
//INCLUDE project.glsl
// Of a cable's prototype: how thick it is as a share of its height, and how its middle hangs (geometry/solids.py).
const float ROPE = 0.02 / 1.02, BELLY = 4.0 / 1.02;
in vec3 normalMC;
in vec4 glyphColor;
in mat4 GCMCMatrix;
in mat3 glyphNormalMatrix;
uniform mat4 MCVCMatrix;
uniform mat3 normalMatrix;
#ifdef FACETED
out float away;
flat out vec2 code;
#else
out vec4 face;
flat out float code;
#endif
out float thick;                        // how many times as thick as it is it is drawn

// What is long and thinner than a pixel is drawn a pixel thick, and lets through what is behind: it would break up into dashes. `w` metres
// along the sight axis, `size` of its own, `other` how thick it looks, `near_` metres to its nearer end: a long rail that is thick there is not
// to look thick. A cable has pieces enough to be as thick as it shall be all along.
vec3 widened(float w, vec3 size, float other, float near_, bool hangs, out float times)
{
  float pixel = 2.0 * pixelShare.y / lens.y, most = max(size.x, max(size.y, size.z));
  float wide = 1.05 * pixel * (parallel > 0.5 ? 1.0 : max(w, 0.0));
  wide = hangs ? wide : min(wide, 2.0 * max(other, 1.05 * pixel * (parallel > 0.5 ? 1.0 : max(near_, 0.0))));
  times = max(wide / other, 1.0) * max(wide / most, 1.0);
  return wide > other ? max(wide / size, vec3(1.0)) : vec3(1.0);
}

// How thick a cable looks, which is flat or upright: `sight` along y and z.
float looks(vec2 size, vec2 sight) { vec2 a = size * sight.yx; return sqrt(dot(a, a) / max(dot(sight, sight), 1e-30)); }

void main()
{
  float length_ = length(normalMC);     // the prototypes' normals are 1, 2 or 3 long: flat, round about z, round about x
  bool hangs = length_ > 3.5;           // a cable: 4 long, and round about x, too
  float form = length_ < 1.5 ? FLAT : length_ < 2.5 ? ROUND_Z : ROUND_X;
  float row = dot(floor(glyphColor.rgb * 255.0 + 0.5), vec3(1.0, 256.0, 65536.0));
#ifdef DATED
  // It rises along its own axis from its foot, or from where it hangs, and is taken down to it.
  int span = 2 * int(glyphColor.a * 255.0 + 0.5);
  float there = clamp(min((year - spans[span]) / rise + 1.0, (spans[span + 1] - year) / rise), 0.0, 1.0);
  vec3 own = vec3(vertexMC.xy, (vertexMC.z + 0.5) * there - 0.5);
#else
  vec3 own = vertexMC.xyz;
#endif
  vec3 size = vec3(length(GCMCMatrix[0].xyz), length(GCMCMatrix[1].xyz), length(GCMCMatrix[2].xyz) * (hangs ? ROPE : 1.0));
  vec3 along = vec3(0.0, 0.0, hangs ? BELLY * own.x * own.x - 0.5 + 0.5 * ROPE : 0.0);
  vec3 spot = (MCVCMatrix * (GCMCMatrix * vec4(own, 1.0))).xyz, sight = (parallel > 0.5 ? vec3(0.0, 0.0, -1.0) : spot) * mat3(MCVCMatrix);
  float least = min(size.x, min(size.y, size.z)), other = size.x + size.y + size.z - max(size.x, max(size.y, size.z)) - least;
  if (hangs) other = looks(size.yz, vec2(dot(GCMCMatrix[1].xyz, sight) / size.y, dot(GCMCMatrix[2].xyz, sight) / size.z * ROPE));
  float far = -spot.z, half_ = 0.5 * max(size.x, max(size.y, size.z));
  float near_ = -(MCVCMatrix * vec4(GCMCMatrix[3].xyz, 1.0)).z - half_;
  vec4 at = MCVCMatrix * (GCMCMatrix * vec4(along + (own - along) * widened(far, size, other, near_, hangs, thick), 1.0));
  vec4 middle = MCVCMatrix * vec4(GCMCMatrix[3].xyz, 1.0);
  at.xyz += pulledApart(middle.xyz);
  vec3 n = normalize(normalMatrix * (glyphNormalMatrix * normalMC));
#ifdef FACETED
  // A level face is turned to the eye, or from it, at all of its pixels alike: its corners know.
  if ((parallel > 0.5 ? -n.z : dot(n, at.xyz)) > 0.0) n = -n;
  away = -at.z;
  code = vec2(packNormal(n * toView, form), row);
#else
  face = vec4(n * toView, -at.z);
  code = row + form * 4194304.0;
#endif
  gl_Position = projected(at.xyz);
#ifdef DATED
  if (there <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#endif
}
