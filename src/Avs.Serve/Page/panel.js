import { make } from './requests.js';

const WAITING = {
  queued: job => job.position > 1 ? `waiting: ${job.position - 1} before it` : 'waiting: next in turn',
  reading: () => 'reading',
  running: job => job.all > 1 && job.done > 0 ? `second ${job.done} of ${job.all}` : 'running',
};

// One sound's masks: the picture, its figures, the mask's share of each second, and the sound itself.
export class Panel {
  constructor(job, { remove, listen, seek }) {
    this.id = job.id;
    this.job = job;
    this.seek = seek;
    this.audio = make('audio', { preload: 'auto' });
    this.image = make('img', { alt: '' });
    this.picture = make('div', { className: 'picture' });
    this.progress = make('progress', { max: 1 });
    this.state = make('span', {});
    this.figures = make('div', { className: 'now' });
    this.bars = make('div', { className: 'bars' });
    this.notes = make('div', { className: 'notes' });
    this.radio = make('input', { type: 'radio', name: 'heard' });
    this.radio.addEventListener('change', () => listen(this));
    this.download = make('a', { href: `/api/jobs/${job.id}/masks.zip`, download: '' }, 'Masks (zip)');
    const close = make('button', { type: 'button', title: 'Remove', ariaLabel: `Remove ${job.label}` }, '×');
    close.addEventListener('click', () => remove(this));
    this.ends = make('div', { className: 'ends', hidden: true }, make('label', {}, this.radio, 'Listen to this'), this.download);
    this.element = make('article', { className: 'panel', ariaLabel: job.label },
      make('header', {}, make('h3', {}, job.label), close), this.picture, this.figures, this.bars, this.notes,
      this.ends, this.audio);
    this.progress.setAttribute('aria-label', `Progress of ${job.label}`);
    this.update(job);
  }

  get isReady() { return this.job.state === 'ready'; }
  get isOver() { return this.isReady || this.job.state === 'failed'; }
  get seconds() { return this.job.seconds.length; }

  update(job) {
    const before = this.picture.childElementCount ? this.job.state : null;
    this.job = job;
    if (job.state === 'failed') {
      if (before !== 'failed') this.picture.replaceChildren(make('p', { className: 'error' }, job.error));
    } else if (this.isReady) {
      if (before !== 'ready') this.become_ready();
    } else {
      if (!before) this.picture.append(make('div', { className: 'wait' }, this.progress, this.state));
      if (job.state === 'running' && job.all > 1) this.progress.value = job.done / job.all;
      this.state.textContent = WAITING[job.state](job);
    }
  }

  become_ready() {
    this.audio.src = `/api/jobs/${this.id}/sound.wav`;
    this.image.width = this.job.width;
    this.image.height = this.job.height;
    this.picture.replaceChildren(this.image);
    this.ends.hidden = false;
    const outlined = this.job.seconds.some(second => second.iou !== null) ? ['White: the true outline.'] : [];
    this.notes.replaceChildren(...[...outlined, ...this.job.notes].map(note => make('p', {}, note)));
    const highest = Math.max(0.02, ...this.job.seconds.map(second => second.area));
    this.bars.setAttribute('role', 'img');
    this.bars.setAttribute('aria-label', `Share of the picture in the mask: ${this.job.seconds.map(second => percent(second.area)).join(', ')}`);
    this.bars.title = 'Share of the picture in the mask, second by second';
    this.bars.replaceChildren(...this.job.seconds.map((second, index) => {
      const bar = make('i', {});
      bar.style.setProperty('--share', `${(100 * second.area / highest).toFixed(1)}%`);
      bar.addEventListener('click', () => this.seek(index));
      return bar;
    }));
  }

  source(layer, second) { return `/api/jobs/${this.id}/${layer}/${second}`; }

  // Fetches all pictures of a layer, so that none is late while playing.
  async prepare(layer) {
    this.fetched = this.job.seconds.map((_, second) => Object.assign(new Image(), { src: this.source(layer, second) }));
  }

  show(layer, time) {
    if (!this.isReady) return;
    const at = Math.min(this.seconds - 1, Math.floor(time + 1e-6));
    const key = `${layer}/${at}`;
    if (key === this.shown) return;
    if (layer !== this.layer) this.prepare(this.layer = layer);
    this.shown = key;
    const { area, decibels, iou } = this.job.seconds[at];
    this.image.src = this.source(layer, at);
    this.image.alt = `${this.job.label}: the ${layer} of second ${at + 1}, the mask covers ${percent(area)}`;
    this.figures.replaceChildren(make('span', {}, `mask ${percent(area)}`),
      make('span', {}, decibels <= -99 ? 'silent' : `${decibels.toFixed(0).replace('-', '−')} dB`),
      ...(iou === null ? [] : [make('span', {}, `IoU ${iou.toFixed(2)}`)]));
    [...this.bars.children].forEach((bar, index) => bar.classList.toggle('now-second', index === at));
  }
}

function percent(share) { return `${(100 * share).toFixed(1)} %`; }
