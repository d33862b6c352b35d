package dev.kasane.plugin.kohya;

import dev.kasane.core.files.Digests;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileWindow;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hashes by which sites and web UIs know a file. The file is read as a stream, whatever its size.
 *
 * <ul>
 *   <li>{@code SHA256} of all bytes; {@code AutoV2} is its first ten digits.
 *   <li>{@code legacy}, also AutoV1: the first eight digits of the SHA-256 of the 64 KiB at 1 MiB; of nothing
 *       in a shorter file.
 *   <li>{@code sshs_model_hash}: SHA-256 of the bytes after the header, which survives a change of the
 *       metadata; {@code AutoV3} is its first twelve digits.
 *   <li>{@code sshs_legacy_hash}: the legacy hash of the file as it would be with {@code ss_*} as its only
 *       metadata. That file has the same data after a header of another length, so nothing is written.
 * </ul>
 */
final class PublishedHashes {
  static final String MODEL = "sshs_model_hash";
  static final String LEGACY = "sshs_legacy_hash";

  private static final int BUFFER_BYTES = 1 << 20;
  private static final int AUTO_V2_DIGITS = 10;
  private static final int AUTO_V3_DIGITS = 12;
  private static final long LEGACY_START = 1 << 20;
  private static final int LEGACY_BYTES = 1 << 16;
  private static final int LEGACY_DIGITS = 8;

  private PublishedHashes() {}

  /**
   * All hashes of a file by name; a file that is no sound safetensors file has those of its bytes alone.
   *
   * @throws FileFault when the file cannot be read to its end
   */
  static Map<String, String> of(Path file) throws IOException {
    Map<String, String> hashes = new LinkedHashMap<>();
    long dataStart;
    long trainedStart;
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      dataStart = opened.dataStart();
      trainedStart = trainedStart(opened);
    } catch (FileFault other) {
      add(hashes, all(file, Files.size(file)), legacy(file, LEGACY_START));
      return hashes;
    }
    List<String> both = all(file, dataStart);
    add(hashes, both, legacy(file, LEGACY_START));
    hashes.put("AutoV3", both.get(1).substring(0, AUTO_V3_DIGITS));
    hashes.put(MODEL, both.get(1));
    // With a header of a mebibyte the 64 KiB would lie in its text, whose order is left to chance.
    if (trainedStart <= LEGACY_START) {
      hashes.put(LEGACY, legacy(file, LEGACY_START - trainedStart + dataStart));
    }
    return hashes;
  }

  /**
   * Those that survive a change of the metadata, of a file that is yet to be written.
   *
   * @param target the file; its tensors are written to a file beside it, which is removed
   * @param settings the settings of the training
   * @throws FileFault when there is no room for it; the target is not touched
   */
  static Map<String, String> of(Path target, Collection<TensorDeclaration> tensors, Map<String, String> settings) {
    try (PendingFolder scratch = PendingFolder.beside(target)) {
      Path trial = scratch.path().resolve("hashed.safetensors");
      SafetensorsWriter.write(trial, tensors, settings);
      try (SafetensorsFile opened = SafetensorsFile.open(trial)) {
        return Map.of(MODEL, all(trial, opened.dataStart()).get(1), LEGACY, legacy(trial, LEGACY_START));
      }
    } catch (IOException | FileFault e) {
      throw FileFault.of(target, "could not be written", e);
    }
  }

  private static void add(Map<String, String> hashes, List<String> both, String legacy) {
    hashes.put("SHA256", both.get(0));
    hashes.put("AutoV2", both.get(0).substring(0, AUTO_V2_DIGITS));
    hashes.put("legacy", legacy);
  }

  /** Where the data would begin in a file with the settings of the training as its only metadata. */
  private static long trainedStart(SafetensorsFile file) throws IOException {
    Map<String, String> settings = KohyaMetadata.trainingOnly(file.metadata());
    List<TensorDeclaration> tensors = file.tensors().values().stream()
        .map(entry -> new TensorDeclaration(entry.name(), entry.dtype(), entry.shape(), out -> { }))
        .toList();
    return Long.BYTES + SafetensorsWriter.headerLength(tensors, settings);
  }

  /** SHA-256 of all bytes, then of those from {@code start} on. */
  private static List<String> all(Path file, long start) throws IOException {
    MessageDigest whole = Digests.sha256();
    MessageDigest data = Digests.sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long position = 0;
    try (InputStream in = InputFile.stream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        whole.update(buffer, 0, count);
        int skipped = (int) Math.min(count, Math.max(0, start - position));
        data.update(buffer, skipped, count - skipped);
        position += count;
      }
    }
    return List.of(HexFormat.of().formatHex(whole.digest()), HexFormat.of().formatHex(data.digest()));
  }

  private static String legacy(Path file, long start) throws IOException {
    MessageDigest digest = Digests.sha256();
    ByteBuffer piece = ByteBuffer.allocate(LEGACY_BYTES);
    try (FileChannel channel = InputFile.channel(file)) {
      FileWindow.fill(channel, piece, start);
    }
    digest.update(piece.flip());
    return HexFormat.of().formatHex(digest.digest()).substring(0, LEGACY_DIGITS);
  }
}
