package dev.kasane.plugin.kohya;

import dev.kasane.core.files.Digests;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;

/**
 * The hashes by which web UIs know a file whatever its metadata say.
 *
 * @param model SHA-256 of everything after the header, in hexadecimal
 * @param legacy the first eight digits of the SHA-256 of the 64 KiB at 1 MiB, in the file as it would be
 *     with a training's settings as its only metadata; a shorter file gives the hash of nothing
 */
record WeightHashes(String model, String legacy) {
  private static final long LEGACY_START = 1 << 20;
  private static final int LEGACY_LENGTH = 1 << 16;
  private static final int LEGACY_DIGITS = 8;

  /**
   * Writes the tensors to a file beside the target, hashes that and removes it.
   *
   * @throws SafetensorsException when there is no room for it; the target is not touched
   */
  static WeightHashes of(Path target, Collection<TensorDeclaration> tensors, Map<String, String> settings)
      throws SafetensorsException {
    try (PendingFolder scratch = PendingFolder.beside(target)) {
      Path trial = scratch.path().resolve("hashed.safetensors");
      SafetensorsWriter.write(trial, tensors, settings);
      return of(trial);
    } catch (IOException e) {
      throw new SafetensorsException(target, "could not be written: " + FileFaults.reason(e), e);
    }
  }

  private static WeightHashes of(Path file) throws IOException {
    long dataStart;
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      dataStart = opened.dataStart();
    }
    try (FileChannel channel = InputFile.channel(file)) {
      String legacy = hash(channel, LEGACY_START, LEGACY_LENGTH).substring(0, LEGACY_DIGITS);
      return new WeightHashes(hash(channel, dataStart, channel.size()), legacy);
    }
  }

  private static String hash(FileChannel channel, long start, long length) throws IOException {
    MessageDigest digest = Digests.sha256();
    long end = Math.min(channel.size(), start + length);
    ByteBuffer piece = ByteBuffer.allocate(LEGACY_LENGTH);
    for (long position = start; position < end; position += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), end - position));
      while (piece.hasRemaining() && channel.read(piece, position + piece.position()) >= 0) {
        // One read may give less than was asked for.
      }
      digest.update(piece.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
