/**
 * Native libraries: from the class path into a folder that nobody else can write to, and only from there into the
 * process.
 *
 * <p>DJL and JNA unpack their libraries into folders of their own choice, which without a writable home is a name in
 * the system's temporary folder that anyone can take first: code put there would run as the next user.
 * {@link dev.kasane.core.natives.NativeLibraries} chooses the folder before they do, checks who owns it and unpacks
 * into it, so that they find everything in place. Whatever starts native code goes through it: the engine, the
 * tokenisers, the GPU's driver, in the program as well as in tests and in programs that embed Kasane.
 *
 * <pre>
 *   NativeLibraries ── LibraryCache ── OwnFiles       whose folder, and who may write there
 *          │                └── TemporaryCache        a private one, removed at the end
 *          └── LibraryBundle ── Unpacking             what belongs there, whole or not at all
 * </pre>
 *
 * <p>Of Kasane, this package knows {@code files} alone.
 */
package dev.kasane.core.natives;
