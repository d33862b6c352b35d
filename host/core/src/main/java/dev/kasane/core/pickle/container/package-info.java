/**
 * Where the parts of a checkpoint lie in its file, for both containers of {@code torch.save}.
 *
 * <p>{@link dev.kasane.core.pickle.container.ZipCheckpoint} reads the zip archive (since PyTorch 1.6: the pickle in
 * {@code data.pkl}, each storage in an entry {@code data/N}, either byte order),
 * {@link dev.kasane.core.pickle.container.LegacyCheckpoint} the older stream (magic number, version, system
 * information, pickle, list of storages, storages). Both give {@code CheckpointContents}: the value, and the region of
 * each storage. The zip is read by its directory ({@code ZipDirectory}), since storages are mapped where they lie.
 *
 * <p>Containers: {@code torch.serialization}.
 */
package dev.kasane.core.pickle.container;
