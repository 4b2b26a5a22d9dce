// An empty database with the tables and the administrator that the Debian package brings for each engine.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const scripts = '/usr/share/dbconfig-common/data/glewlwyd/install';

/**
 * The file is put into write-ahead logging, which SQLite remembers: readers and the writer then do not stop each other.
 */
export function sqlite(path) {
  const script = `PRAGMA journal_mode = WAL;\n${readFileSync(`${scripts}/sqlite3`, 'utf8')}`;
  execFileSync('sqlite3', ['-bail', path], { input: script, stdio: ['pipe', 'ignore', 'inherit'] });
  return { type: 'sqlite3', path };
}

/** A schema of its own in the database that is named; one of that name that is there from an earlier run goes. */
export function postgres(connection) {
  const script = [
    'SET client_min_messages = warning;',
    'CREATE EXTENSION IF NOT EXISTS pgcrypto;',
    'DROP SCHEMA IF EXISTS glewlwyd CASCADE; CREATE SCHEMA glewlwyd; SET search_path = glewlwyd, public;',
    readFileSync(`${scripts}/pgsql`, 'utf8'),
    readFileSync(`${scripts}/postgre.default.sql`, 'utf8'),
  ].join('\n');
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', connection], {
    input: script,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return { type: 'postgre', conninfo: `${connection} options='-c search_path=glewlwyd,public'` };
}
