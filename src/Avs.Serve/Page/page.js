import { request, upload } from './requests.js';
import { Gallery, listGivers, takeFiles } from './chooser.js';
import { Panel } from './panel.js';
import { Player } from './player.js';

const BETWEEN_LOOKS = 400; // milliseconds
const at = id => document.getElementById(id);
const player = new Player();
let run, gallery, video = null, looking = false;

function say(sentence) { at('status').textContent = sentence; }

// What a person began either goes well or becomes a sentence on the page.
async function attempt(action) {
  at('error').hidden = true;
  try {
    await action();
  } catch (error) {
    at('error').textContent = error.message;
    at('error').hidden = false;
    at('error').scrollIntoView({ block: 'nearest' });
  }
}

function show(next) {
  if (next.id !== video?.id) {
    player.clear();
    at('panels').replaceChildren();
    at('title').textContent = next.clip === null ? next.name : `Clip ${next.name}${run.clips[next.clip].sounds ? `: ${run.clips[next.clip].sounds}` : ''}`;
    at('watch').hidden = false;
    history.replaceState(null, '', `#${next.id}`);
    gallery.mark(next.clip);
    listGivers(at('giver'), run.clips, next.clip);
    at('swap').hidden = at('giver').options.length === 0;
    at('choose-title').textContent = 'Choose another video';
    at('watch').scrollIntoView({ block: 'start' });
  }
  video = next;
  for (const job of video.jobs) {
    const panel = player.panels.find(other => other.id === job.id);
    if (panel) update(panel, job);
    else add(job);
  }
  look();
}

function add(job) {
  const panel = new Panel(job, { remove, listen: heard => player.listen(heard), seek: time => player.seek(time) });
  player.add(panel);
  at('panels').append(panel.element);
  if (panel.isReady) player.listen(panel);
}

function update(panel, job) {
  const wasOver = panel.isOver;
  panel.update(job);
  if (wasOver || !panel.isOver) return;
  say(panel.isReady ? `ready: ${job.label}` : `failed: ${job.error}`);
  if (panel.isReady) player.listen(panel);
}

function remove(panel) {
  attempt(async () => {
    panel.element.remove();
    player.remove(panel);
    if (player.panels.length === 0) {
      at('watch').hidden = true;
      video = null;
      history.replaceState(null, '', location.pathname);
    }
    await request('DELETE', `/api/jobs/${panel.id}`);
  });
}

// Asks for news until nothing is under way any more.
async function look() {
  if (looking) return;
  looking = true;
  try {
    while (video !== null && player.panels.some(panel => !panel.isOver)) {
      await new Promise(done => setTimeout(done, BETWEEN_LOOKS));
      const asked = video?.id;
      if (asked === undefined) break;
      const news = await request('GET', `/api/videos/${asked}`);
      if (asked !== video?.id) continue;
      for (const job of news.jobs) {
        const panel = player.panels.find(other => other.id === job.id);
        if (panel) update(panel, job);
      }
    }
  } catch (error) {
    await attempt(() => { throw error; });
  } finally {
    looking = false;
  }
}

function send(path, file) {
  return attempt(async () => {
    if (file.size > run.most_bytes) throw new Error(`${file.name} has ${megabytes(file.size)}, and this server takes at most ${megabytes(run.most_bytes)}`);
    at('sent').hidden = false;
    say(`sending ${file.name}`);
    try {
      show(await upload(`${path}name=${encodeURIComponent(file.name)}`, file, share => { at('sent').value = share; }));
    } finally {
      at('sent').hidden = true;
    }
  });
}

function megabytes(bytes) { return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`; }

async function begin() {
  run = await request('GET', '/api/run');
  document.title = `${run.name} – avs serve`;
  at('run').textContent = run.name;
  at('facts').textContent = `${run.model}, pictures of ${run.image_size} px. Show it a video, and it marks what makes the sound.${run.data ? '' : ' Its data set is not here, so videos of your own are all there is.'}`;
  at('deaf').hidden = run.hears_sound;
  at('limits').textContent = `of any kind, up to ${run.longest_seconds} s and ${megabytes(run.most_bytes)}`;
  at('clips-title').textContent = `Or take a clip of ${run.data}`;
  gallery = new Gallery(run.clips, index => attempt(async () => show(await request('POST', `/api/videos?clip=${index}`))));
  takeFiles(at('drop'), at('file'), file => send('/api/videos?', file));
  takeFiles(null, at('recording'), file => send(`/api/videos/${video.id}/sounds?kind=file&`, file));
  at('mute').addEventListener('click', () => attempt(async () => show(await request('POST', `/api/videos/${video.id}/sounds?kind=muted`))));
  at('swap').addEventListener('submit', event => {
    event.preventDefault();
    attempt(async () => show(await request('POST', `/api/videos/${video.id}/sounds?kind=clip&clip=${at('giver').value}`)));
  });
  // A page that is loaded again shows the same video.
  if (location.hash.length > 1) show(await request('GET', `/api/videos/${encodeURIComponent(location.hash.slice(1))}`));
}

attempt(begin);
