// Scripts for the guest are made of words quoted as everywhere.

export {shellQuote, shellWords} from '../domain/shell-words.ts'
