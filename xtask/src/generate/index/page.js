'use strict';

(() => {
  /** Rows that are shown at first, and then at a time. */
  const STEP = 100;
  const DOCS = 'https://docs.rs/harness-api/latest/harness_api';
  const REPEAT = {
    safe: 'Safe: it only reads',
    idempotent: 'Idempotent: twice is as good as once',
    never: 'Never: a second execution may do harm',
  };
  const PROVENANCE = {
    package: 'Published schema',
    'go-sdk': 'Models of the vendor’s Go SDK',
    sample: 'Inferred from one sample: the answer is any JSON',
  };

  const at = (id) => document.getElementById(id);
  const [queryBox, moduleBox, methodBox] = ['query', 'module', 'method'].map(at);
  const [results, count, more, none, toast] = ['results', 'count', 'more', 'none', 'toast'].map(at);

  /** An element with attributes and children; text is never read as HTML. */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const data = JSON.parse(at('operations').textContent);

  const entries = data.modules.flatMap(([module, title, rows]) =>
    rows.map((row) => {
      const [id, tag, method, path, call, answer, statements, params, bodies, answers, ...behaviour] = row;
      const [repeat, paging, provenance, deprecated] = behaviour;
      const entry = {
        id, tag, method, path, call, answer, statements, bodies, answers, repeat, paging, provenance,
        module, title, name: call.slice(0, call.indexOf('(')), deprecated: deprecated === 1,
        params: params.map((param) => data.params[param]),
      };
      const names = entry.params.map(([ident, wire]) => `${ident} ${wire}`);
      entry.prepared = search.prepare({ ...entry, more: `${names.join(' ')} ${answer} ${call}` });
      return entry;
    }),
  );

  for (const [module, title, rows] of data.modules) {
    moduleBox.append(make('option', { value: module, title }, `${module} (${rows.length})`));
  }
  for (const method of [...new Set(entries.map((entry) => entry.method))].sort()) {
    methodBox.append(make('option', { value: method }, method));
  }

  let found = [];
  let shown = 0;
  let opened = null;

  const statement = (entry, written) => `harness.raw().${entry.module}().${written}.send().await?`;

  let quiet;
  const say = (text) => {
    toast.textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(() => (toast.textContent = ''), 2500);
  };

  /** Where the clipboard is not given to pages, a selection is copied. */
  const copyBySelection = (text) => {
    const focused = document.activeElement;
    const area = make('textarea', { 'aria-hidden': 'true', class: 'sr' });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    focused?.focus();
    return copied;
  };

  const copy = async (text) => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copied = copyBySelection(text);
    }
    say(copied ? 'Copied the call' : 'The browser does not let this page copy');
  };

  const fact = (name, ...value) => make('div', {}, make('dt', {}, name), make('dd', {}, ...value));
  const code = (text) => make('code', {}, text);
  const list = (texts) => (texts.length ? [code(texts.join(', '))] : ['none']);

  const paramTable = (entry) => {
    if (entry.params.length === 0) return [];
    const rows = entry.params.map(([ident, wire, place, required, type]) =>
      make('tr', {},
        make('th', { scope: 'row' }, code(ident)),
        make('td', {}, code(type)),
        make('td', {}, required ? 'required' : 'optional'),
        make('td', {}, place),
        make('td', {}, code(wire))),
    );
    const heads = ['Rust', 'Type', 'Required', 'Place', 'On the wire'].map((head) => make('th', { scope: 'col' }, head));
    return [
      make('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Parameters' },
        make('table', {},
          make('caption', { class: 'sr' }, 'Parameters'),
          make('thead', {}, make('tr', {}, ...heads)),
          make('tbody', {}, ...rows))),
    ];
  };

  const details = (entry) => {
    const calls = entry.statements.map((written) => {
      const text = statement(entry, written);
      const button = make('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${text}` }, 'Copy');
      button.addEventListener('click', () => copy(text));
      return make('div', { class: 'call' }, make('pre', { tabindex: '0' }, code(text)), button);
    });
    const page = `${DOCS}/${entry.module}/struct.Api.html#method.${entry.name}`;
    const facts = [
      fact('Operation', code(entry.id)),
      fact('Module and feature', code(entry.module), ` ${entry.title}`),
      fact('Tag', entry.tag),
      fact('Result', code(entry.answer)),
      fact('Body', ...list(entry.bodies)),
      fact('Answer', ...list(entry.answers)),
      fact('Repetition', REPEAT[entry.repeat]),
      fact('Paging', entry.paging || 'none'),
      fact('Types', PROVENANCE[entry.provenance] ?? entry.provenance),
      fact('Documentation', make('a', { href: page, rel: 'noreferrer' }, `${entry.module}::Api::${entry.name}`)),
    ];
    if (entry.deprecated) facts.push(fact('Deprecated', 'by the description of the API'));
    return [
      ...calls,
      make('pre', { class: 'signature', tabindex: '0', 'aria-label': 'Signature' }, code(entry.call)),
      make('dl', {}, ...facts),
      ...paramTable(entry),
    ];
  };

  const row = (entry, place) => {
    const panel = `details-${place}`;
    const button = make('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': panel },
      make('span', { class: `method ${entry.method.toLowerCase()}` }, entry.method),
      make('span', { class: 'what' },
        make('span', { class: 'name' }, entry.name),
        ...(entry.deprecated ? [make('span', { class: 'old' }, 'deprecated')] : []),
        make('span', { class: 'path' }, entry.path)),
      make('span', { class: 'where' }, make('span', { class: 'module' }, entry.module), make('span', { class: 'tag' }, entry.tag)),
    );
    const item = make('li', {},
      make('h2', {}, button),
      make('div', { id: panel, class: 'details', role: 'region', 'aria-label': entry.id, hidden: '' }),
    );
    item.entry = entry;
    button.addEventListener('click', () => (opened === item ? close() : open(item)));
    return item;
  };

  const buttonOf = (item) => item.querySelector('h2 button');

  const open = (item) => {
    close();
    const panel = item.querySelector('.details');
    panel.replaceChildren(...details(item.entry));
    panel.hidden = false;
    buttonOf(item).setAttribute('aria-expanded', 'true');
    opened = item;
    keep();
  };

  const close = () => {
    if (!opened) return;
    const panel = opened.querySelector('.details');
    panel.hidden = true;
    panel.replaceChildren();
    buttonOf(opened).setAttribute('aria-expanded', 'false');
    opened = null;
    keep();
  };

  const showMore = () => {
    const next = found.slice(shown, shown + STEP);
    results.append(...next.map((entry, index) => row(entry, shown + index)));
    shown += next.length;
    more.hidden = shown >= found.length;
  };

  const show = () => {
    opened = null;
    const within = entries.filter((entry) =>
      (!moduleBox.value || entry.module === moduleBox.value) && (!methodBox.value || entry.method === methodBox.value));
    found = search.find(queryBox.value, within);
    shown = 0;
    results.replaceChildren();
    showMore();
    none.hidden = found.length > 0;
    const all = entries.length.toLocaleString('en');
    count.textContent = found.length === entries.length
      ? `${all} operations` : `${found.length.toLocaleString('en')} of ${all} operations`;
  };

  /** The address of the page holds what is searched and opened. */
  const hash = () => {
    const state = { q: queryBox.value.trim(), module: moduleBox.value, method: methodBox.value, open: opened?.entry.id };
    return new URLSearchParams(Object.entries(state).filter(([, value]) => value)).toString();
  };

  let keeping;
  const keep = () => {
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      const wanted = hash();
      if (wanted !== location.hash.slice(1)) history.replaceState(null, '', wanted ? `#${wanted}` : location.pathname);
    }, 150);
  };

  const restore = () => {
    clearTimeout(keeping);
    const state = new URLSearchParams(location.hash.slice(1));
    const select = (box, value) => {
      box.value = value ?? '';
      if (box.selectedIndex < 0) box.value = '';
    };
    queryBox.value = state.get('q') ?? '';
    select(moduleBox, state.get('module'));
    select(methodBox, state.get('method'));
    show();
    const place = found.findIndex((entry) => entry.id === state.get('open'));
    if (place < 0) return;
    while (shown <= place) showMore();
    open(results.children[place]);
    buttonOf(results.children[place]).scrollIntoView({ block: 'center' });
  };

  const focusRow = (place) => {
    if (place < 0) {
      queryBox.focus();
      return;
    }
    if (place >= shown && shown < found.length) showMore();
    const item = results.children[Math.min(place, shown - 1)];
    if (item) buttonOf(item).focus();
  };

  const onRow = (event, item) => {
    const place = [...results.children].indexOf(item);
    const moves = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: shown - 1 };
    if (event.key in moves) focusRow(moves[event.key]);
    else if (event.key.toLowerCase() === 'c') copy(statement(item.entry, item.entry.statements[0]));
    else return false;
    return true;
  };

  const escape = (item) => {
    if (opened) {
      const closed = opened;
      close();
      buttonOf(item ?? closed).focus();
    } else if (document.activeElement === queryBox && queryBox.value) {
      queryBox.value = '';
      show();
      keep();
    } else queryBox.focus();
  };

  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
    const { target } = event;
    const writing = target.matches?.('input, select, textarea');
    if (event.key === '/' && !writing) {
      queryBox.focus();
      queryBox.select();
      return true;
    }
    if (event.key === 'Escape') {
      escape(target.closest?.('#results > li'));
      return true;
    }
    if (target === queryBox) {
      if (event.key !== 'ArrowDown' && event.key !== 'Enter') return false;
      focusRow(0);
      if (event.key === 'Enter' && results.firstChild && opened !== results.firstChild) open(results.firstChild);
      return true;
    }
    const button = target.closest?.('#results h2 button');
    return button ? onRow(event, button.closest('li')) : false;
  };

  document.addEventListener('keydown', (event) => {
    if (key(event)) event.preventDefault();
  });
  at('filters').addEventListener('submit', (event) => event.preventDefault());
  for (const box of [queryBox, moduleBox, methodBox]) {
    box.addEventListener('input', () => {
      show();
      keep();
    });
  }
  more.addEventListener('click', showMore);
  const watch = new IntersectionObserver((seen) => {
    if (more.hidden || !seen.at(-1).isIntersecting) return;
    showMore();
    // Asked anew, it tells if the end is still in sight.
    watch.unobserve(more);
    watch.observe(more);
  }, { rootMargin: '600px' });
  watch.observe(more);
  addEventListener('hashchange', restore);
  restore();
})();
