import { make } from './requests.js';

const AT_A_TIME = 24;

// A zone that takes one dropped or chosen file.
export function takeFiles(zone, input, take) {
  input.addEventListener('change', () => { if (input.files[0]) take(input.files[0]); input.value = ''; });
  if (!zone) return;
  for (const event of ['dragenter', 'dragover']) zone.addEventListener(event, e => { e.preventDefault(); zone.classList.add('over'); });
  for (const event of ['dragleave', 'drop']) zone.addEventListener(event, () => zone.classList.remove('over'));
  zone.addEventListener('drop', e => { e.preventDefault(); if (e.dataTransfer.files[0]) take(e.dataTransfer.files[0]); });
  // Dropped beside the zone, a file would take the page's place.
  for (const event of ['dragover', 'drop']) window.addEventListener(event, e => e.preventDefault());
}

// The data set's clips as pictures to click; `choose` gets a clip's place in the list.
export class Gallery {
  constructor(clips, choose) {
    this.clips = clips.map((clip, index) => ({ ...clip, index, text: `${clip.id} ${clip.sounds}`.toLowerCase() }));
    this.choose = choose;
    this.list = document.getElementById('clips');
    this.more = document.getElementById('more');
    this.filter = document.getElementById('filter');
    this.shown = AT_A_TIME;
    this.filter.addEventListener('input', () => { this.shown = AT_A_TIME; this.draw(); });
    this.more.addEventListener('click', () => {
      const first = this.shown;
      this.shown += AT_A_TIME;
      this.draw();
      this.list.children[first]?.firstChild.focus();
    });
    document.getElementById('gallery').hidden = clips.length === 0;
    this.draw();
  }

  draw() {
    const words = this.filter.value.toLowerCase().split(/\s+/);
    const found = this.clips.filter(clip => words.every(word => clip.text.includes(word)));
    this.list.replaceChildren(...found.slice(0, this.shown).map(clip => this.draw_clip(clip)));
    this.more.hidden = found.length <= this.shown;
    this.more.textContent = `Show more (${found.length - this.shown} left)`;
  }

  draw_clip(clip) {
    const button = make('button', { type: 'button', title: clip.id },
      make('img', { src: `/api/clips/${clip.index}/thumbnail`, alt: '', loading: 'lazy', width: 176, height: 176 }),
      make('span', {}, clip.sounds || clip.id));
    if (clip.sounds) button.append(make('span', { className: 'faint' }, clip.id));
    if (clip.index === this.current) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => this.choose(clip.index));
    return make('li', {}, button);
  }

  mark(index) {
    this.current = index;
    this.draw();
  }
}

// The clips whose sound can be taken, those of the same picture first.
export function listGivers(select, clips, current) {
  const scene = current === null ? null : clips[current].scene;
  const options = (name, wanted) => {
    const group = make('optgroup', { label: name });
    clips.forEach((clip, index) => {
      if (index !== current && wanted(clip)) group.append(make('option', { value: index }, clip.sounds ? `${clip.sounds} (${clip.id})` : clip.id));
    });
    return group.children.length ? [group] : [];
  };
  const isHere = clip => scene !== null && clip.scene === scene;
  select.replaceChildren(...options('In the same picture', isHere), ...options('Other clips', clip => !isHere(clip)));
}
