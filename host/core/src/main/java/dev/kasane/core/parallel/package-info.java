/**
 * Threads that work side by side, in one place: nobody else starts any but for {@code BoundedPattern}, whose search may
 * have to be left alone, and the hook at the end of the process.
 *
 * <p>{@link dev.kasane.core.parallel.Workers} splits a computation into ranges over all processors.
 * {@link dev.kasane.core.parallel.SharedWork} keeps disk and processors busy at once while a file is rewritten, and
 * {@link dev.kasane.core.parallel.WriteBehind} lets the disk write while the next bytes are computed.
 *
 * <p>This package depends on nothing else of Kasane but the writing of files.
 */
package dev.kasane.core.parallel;
