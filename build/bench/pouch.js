// The other side of the measurement of the exchange: PouchDB on LevelDB against
// express-pouchdb on LevelDB, one document a visit.
//
//   node pouch.js serve DIR            prints the port it listens on
//   node pouch.js move DOCS DIR URL    pushes the documents (a line of JSON each) to
//                                      URL, pulls them into a fresh database and
//                                      prints {docs, load_ms, push_ms, pull_ms}
'use strict'
const fs = require('fs')
const path = require('path')
const PouchDB = require('pouchdb')

const batch = { batch_size: 1000, batches_limit: 10 }

async function serve (dir) {
  fs.mkdirSync(dir, { recursive: true })
  const app = require('express')()
  const Stored = PouchDB.defaults({ prefix: dir + path.sep })
  app.use('/', require('express-pouchdb')(Stored, { configPath: path.join(dir, 'config.json'), logPath: path.join(dir, 'log.txt') }))
  const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
}

async function move (file, dir, url) {
  fs.mkdirSync(dir, { recursive: true })
  const docs = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line))
  const from = new PouchDB(path.join(dir, 'from'))
  const timed = async work => {
    const start = process.hrtime.bigint()
    await work()
    return Number(process.hrtime.bigint() - start) / 1e6
  }
  const load = await timed(async () => {
    for (let i = 0; i < docs.length; i += 1000) await from.bulkDocs(docs.slice(i, i + 1000))
  })
  const push = await timed(() => from.replicate.to(new PouchDB(url), batch))
  const to = new PouchDB(path.join(dir, 'to'))
  const pull = await timed(() => to.replicate.from(new PouchDB(url), batch))
  const { doc_count: arrived } = await to.info()
  if (arrived !== docs.length) throw new Error(`${arrived} of ${docs.length} documents arrived`)
  console.log(JSON.stringify({ docs: arrived, load_ms: load, push_ms: push, pull_ms: pull }))
  process.exit(0)
}

const [mode, ...args] = process.argv.slice(2)
const run = { serve, move }[mode]
if (!run) {
  console.error('serve DIR, or move DOCS DIR URL')
  process.exit(2)
}
run(...args).catch(err => { console.error(err); process.exit(1) })
