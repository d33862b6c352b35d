package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Says what a file is without starting an engine. */
public final class Inspector {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int AUTO_V2_DIGITS = 10;

  private Inspector() {}

  /**
   * Inspects a file, or the weights in a PEFT folder.
   *
   * @param named the file or folder
   * @return what it is; a damaged file has {@link FileInspection#problems}
   * @throws UserException when there is no such file
   * @throws IOException when it cannot be read at all
   */
  public static FileInspection inspect(Path named) throws IOException {
    Path file = fileOf(named);
    long bytes = Files.size(file);
    TensorListing listing;
    try {
      listing = TensorListing.read(file);
    } catch (IOException damaged) {
      if (!Files.isReadable(file)) {
        throw damaged;
      }
      return FileInspection.unreadable(file.toString(), bytes, damaged.getMessage());
    }
    return describe(file, bytes, listing);
  }

  /**
   * Adds the hashes by which sites and web UIs know a file: {@code SHA256} of all bytes, and
   * {@code AutoV2}, its first ten digits. Reads the whole file.
   */
  public static FileInspection withHashes(FileInspection inspection) throws IOException {
    String sha256 = sha256(Path.of(inspection.file()));
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put("SHA256", sha256);
    hashes.put("AutoV2", sha256.substring(0, AUTO_V2_DIGITS));
    return inspection.withHashes(hashes);
  }

  private static Path fileOf(Path named) {
    if (!Files.exists(named)) {
      throw new UserException(named + ": no such file.");
    }
    return AdapterFolder.onlyWeights(named);
  }

  private static FileInspection describe(Path file, long bytes, TensorListing listing) {
    Optional<AdapterLayout> layout = AdapterLayout.of(listing.tensors().keySet());
    Map<String, Map<String, StoredTensor>> modules =
        layout.map(each -> each.modules(listing.tensors().values())).orElse(Map.of());
    Map<String, Map<String, StoredTensor>> adapted = modules.entrySet().stream()
        .filter(module -> AdapterAlgorithm.of(module.getValue()).isPresent())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    return new FileInspection(
        file.toString(), bytes, listing.container(),
        layout.map(AdapterLayout::id).orElse(FileInspection.UNKNOWN), BaseGuess.of(listing).id(),
        method(layout, adapted.values()), adapted.size(), ranks(adapted.values()),
        listing.alphas().values().stream().distinct().sorted().toList(),
        layout.equals(Optional.of(AdapterLayout.KOHYA)) ? withoutAlpha(adapted.values()) : 0,
        listing.tensors().size(), dtypes(listing), TargetBlocks.count(adapted.keySet()),
        TrainingFacts.triggerWords(listing.metadata()), TrainingFacts.of(listing.metadata()),
        listing.metadata(), null, Integrity.problems(listing, modules));
  }

  private static String method(
      Optional<AdapterLayout> layout, Collection<Map<String, StoredTensor>> modules) {
    String methods = modules.stream()
        .map(parameters -> AdapterAlgorithm.of(parameters).orElseThrow().id(parameters))
        .distinct().sorted().collect(Collectors.joining("+"));
    if (!methods.isEmpty()) {
      return methods;
    }
    return layout.isPresent() && !layout.get().isAdapter() ? "none" : FileInspection.UNKNOWN;
  }

  private static List<Long> ranks(Collection<Map<String, StoredTensor>> modules) {
    return modules.stream().map(parameters -> AdapterAlgorithm.of(parameters).orElseThrow().rank(parameters))
        .filter(OptionalLong::isPresent).map(OptionalLong::getAsLong).distinct().sorted().toList();
  }

  /** Only this layout keeps alpha with each module; others keep it elsewhere or do not have it. */
  private static int withoutAlpha(Collection<Map<String, StoredTensor>> modules) {
    return (int) modules.stream()
        .filter(parameters -> AdapterAlgorithm.of(parameters).orElseThrow().rank(parameters).isPresent())
        .filter(parameters -> !parameters.containsKey("alpha")).count();
  }

  private static List<String> dtypes(TensorListing listing) {
    return listing.tensors().values().stream()
        .map(tensor -> tensor.dtype().name()).distinct().sorted().toList();
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
