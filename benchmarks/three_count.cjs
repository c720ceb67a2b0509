// Load a GLB in three.js in a headless Chromium and print what it counts as JSON: `node three_count.cjs FILE.glb CHROMIUM [PICTURE.png]`.
// Needs the npm packages three and playwright-core, found through NODE_PATH.
const fs = require('fs'), http = require('http'), path = require('path');
const { chromium } = require('playwright-core');
const [file, browser, picture] = process.argv.slice(2);
const three = path.dirname(path.dirname(require.resolve('three')));
const page = `<!doctype html><canvas id=c width=900 height=700></canvas>
<script type=importmap>{"imports": {"three": "/build/three.module.js", "three/addons/": "/examples/jsm/"}}</script>
<script type=module>
import * as T from 'three'; import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
const draw = new T.WebGLRenderer({ canvas: document.getElementById('c'), preserveDrawingBuffer: true }), scene = new T.Scene();
scene.background = new T.Color(0x9aa3ab); scene.add(new T.HemisphereLight(0xffffff, 0x555566, 3));
new GLTFLoader().load('/model', g => {
  scene.add(g.scene); scene.updateMatrixWorld(true);
  let triangles = 0, meshes = 0, instances = 0; const materials = new Set();
  g.scene.traverse(o => { if (!o.isMesh) return;
    const n = o.isInstancedMesh ? o.count : 1; o.frustumCulled = false; meshes++; materials.add(o.material.name);
    if (o.isInstancedMesh) { instances += n; o.computeBoundingBox(); }
    triangles += n * o.geometry.index.count / 3; });
  const box = new T.Box3().setFromObject(g.scene), middle = box.getCenter(new T.Vector3()), far = box.getSize(new T.Vector3()).length();
  const eye = new T.PerspectiveCamera(40, 9 / 7, far / 100, far * 5);
  eye.position.copy(middle).add(new T.Vector3(1.2, 0.8, 1.5).setLength(far * 1.1)); eye.lookAt(middle); draw.render(scene, eye);
  window.result = { triangles, drawn: draw.info.render.triangles, meshes, instances, materials: materials.size };
}, undefined, e => { window.result = { error: String(e) }; });
</script>`;
const server = http.createServer((ask, answer) => {
  const name = ask.url.split('?')[0];
  if (name === '/') { answer.setHeader('content-type', 'text/html'); answer.end(page); return; }
  const found = name === '/model' ? file : path.join(three, path.normalize(name));
  if (!fs.existsSync(found)) { answer.statusCode = 404; answer.end(); return; }
  answer.setHeader('content-type', found.endsWith('.js') ? 'text/javascript' : 'application/octet-stream');
  answer.end(fs.readFileSync(found));
});
server.listen(0, '127.0.0.1', async () => {
  const app = await chromium.launch({ executablePath: browser, args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
  const tab = await app.newPage({ viewport: { width: 900, height: 700 } });
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  await tab.waitForFunction('window.result', null, { timeout: 120000 });
  console.log(JSON.stringify(await tab.evaluate('window.result')));
  if (picture) await tab.screenshot({ path: picture });
  await app.close(); server.close();
});
