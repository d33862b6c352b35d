/**
 * Files as everything here writes them: whole or not at all, whatever ends the process. And as everything reads them:
 * {@link dev.kasane.core.files.InputFile} opens what has a length, and no pipe or device that would never end.
 *
 * <p>{@link dev.kasane.core.files.PendingFile} and {@link dev.kasane.core.files.PendingFolder} are written beside
 * their place under a name of their own, forced to disk and moved there in one step. Closed before that, they are
 * removed. No other class writes beside a place and moves.
 *
 * <pre>
 *   what ends the process              what removes the pending
 *   a failure                          close
 *   Ctrl-C, SIGTERM, SIGHUP, exit      the one shutdown hook, {@link dev.kasane.core.files.ProcessEnd}
 *   SIGKILL, a power cut               the next process that writes into the same folder, which can tell from the
 *                                      name whether the maker lives, {@code Leftovers}
 * </pre>
 *
 * <p>{@link dev.kasane.core.files.FolderCopy} copies a stranger's folder and follows only links that cannot bring in
 * anything of the user's own. {@link dev.kasane.core.files.FileFault} is what every reader and writer of a format throws;
 * {@link dev.kasane.core.files.FileFaults} has the words for what a file system refuses.
 * {@link dev.kasane.core.files.Utf8} refuses bytes that are no text, {@code Digests} makes every hash;
 * {@link dev.kasane.core.files.ContentHash} names a file by its bytes, {@link dev.kasane.core.files.CacheKey} a file of a
 * cache by all that it depends on.
 *
 * <p>This package depends on nothing else of Kasane but {@link dev.kasane.core.UserException}.
 */
package dev.kasane.core.files;
