'use strict';

/** Finds operations by words. Nothing here knows of the page. */
const search = (() => {
  /** How much a word counts by where it is found. */
  const WEIGHTS = { name: 4, path: 3, tag: 3, module: 2, method: 1, more: 1 };
  const EXACT = 3;
  const BEGINS = 2;
  const WITHIN = 1;

  /** `postPipelineExecute`, `post_pipeline_execute` and `/post/pipeline-execute` have the same words. */
  const words = (text) =>
    (text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());

  /** One form for singular and plural. */
  const stem = (word) =>
    word.length < 4 ? word : word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');

  const field = (text) => [...new Set(words(text))].map((word) => ({ word, stem: stem(word) }));

  /** What is searched of an operation, made once. */
  const prepare = ({ id, name, path, tag, module, method, more, deprecated }) => ({
    fields: {
      name: field(`${id} ${name}`),
      path: field(path),
      tag: field(tag),
      module: field(module),
      method: field(method),
      more: field(more),
    },
    size: { name: new Set(words(id)).size, path: new Set(words(path)).size, tag: new Set(words(tag)).size },
    text: `${id} ${name} ${path}`.toLowerCase().replace(/[^a-z0-9]/g, ''),
    deprecated,
  });

  const fit = (asked, tokens) => {
    let best = 0;
    for (const token of tokens) {
      if (token.stem === asked.stem) return EXACT;
      if (token.word.startsWith(asked.word)) best = BEGINS;
      else if (best < WITHIN && asked.word.length > 2 && token.word.includes(asked.word)) best = WITHIN;
    }
    return best;
  };

  /** How well an operation fits; 0 if one of the words is missing. */
  const score = (asked, entry) => {
    let sum = 0;
    const exact = { name: 0, path: 0, tag: 0 };
    for (const word of asked) {
      let best = 0;
      for (const [name, tokens] of Object.entries(entry.fields)) {
        const fits = fit(word, tokens);
        best = Math.max(best, fits * WEIGHTS[name]);
        if (fits === EXACT && name in exact) exact[name] += 1;
      }
      // Words that are written together.
      if (best === 0 && word.word.length > 3 && entry.text.includes(word.word)) best = WITHIN;
      if (best === 0) return 0;
      sum += best;
    }
    // Of two that have all words, the one with fewer others is rather meant.
    for (const [name, count] of Object.entries(exact)) {
      sum += (WEIGHTS[name] * count) / Math.max(1, entry.size[name]);
    }
    return entry.deprecated ? sum / 2 : sum;
  };

  /** The entries that have all words of the query, best first; without words all, as they stand. */
  const find = (query, entries) => {
    const asked = field(query);
    if (asked.length === 0) return query.trim() === '' ? entries : [];
    return entries
      .map((entry, place) => ({ entry, place, score: score(asked, entry.prepared) }))
      .filter((found) => found.score > 0)
      .sort((a, b) => b.score - a.score || a.place - b.place)
      .map((found) => found.entry);
  };

  return { prepare, find };
})();
