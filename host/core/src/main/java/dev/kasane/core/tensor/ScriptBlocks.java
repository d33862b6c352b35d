package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A script as libtorch has loaded it. What a kind of device computes in a way of its own lies beside the script, in
 * {@code ops.gpu.ts.py} for {@code ops.ts.py}: those definitions take the place of the script's.
 */
final class ScriptBlocks {
  // Without this reference the collector would free the blocks under us.
  private final NDManager owner = Engines.newManager();
  private final Class<?> anchor;
  private final String resource;
  private final String source;
  private final Map<String, PtSymbolBlock> byKind = new ConcurrentHashMap<>();

  /**
   * @param anchor the interface beside the script; its class loader is asked for the resource
   * @param resource the script's name, relative to the interface
   */
  ScriptBlocks(Class<?> anchor, String resource) {
    this.anchor = anchor;
    this.resource = resource;
    this.source = read(resource)
        .orElseThrow(() -> new IllegalStateException("No script " + resource + " beside " + anchor.getName()));
  }

  /** The script's name. */
  String resource() {
    return resource;
  }

  /** The script's text. */
  String source() {
    return source;
  }

  /** The block that computes on a device, loaded when it is first asked for. */
  PtSymbolBlock on(Device device) {
    PtSymbolBlock known = byKind.get(device.getDeviceType());
    return known == null ? load(device) : known;
  }

  private synchronized PtSymbolBlock load(Device device) {
    String kind = device.getDeviceType();
    PtSymbolBlock block = kind.equals(Device.Type.CPU) ? load(source)
        : read(resource.replace(".ts.py", "." + kind + ".ts.py")).map(own -> load(replacing(own)))
            .orElseGet(() -> on(Device.cpu()));
    byKind.put(kind, block);
    return block;
  }

  private PtSymbolBlock load(String definitions) {
    try {
      // DJL's own Model would make a folder for temporary files beside, which a killed process leaves behind.
      return JniUtils.loadModule(
          (PtNDManager) owner, new ByteArrayInputStream(ScriptArchive.of(definitions)), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException("Script " + resource + " cannot be loaded", e);
    }
  }

  private String replacing(String own) {
    Map<String, String> definitions = definitions(source);
    definitions(own).forEach((head, definition) -> {
      if (definitions.put(head, definition) == null) {
        throw new IllegalArgumentException("Script " + resource + " has no \"" + head + "\" to be replaced");
      }
    });
    return String.join("", definitions.values());
  }

  /** The definitions of a script by their heads. */
  private static Map<String, String> definitions(String script) {
    return Arrays.stream(script.split("(?m)^(?=def )")).filter(each -> each.startsWith("def "))
        .collect(Collectors.toMap(each -> each.lines().findFirst().orElseThrow(), each -> each,
            (one, other) -> other, LinkedHashMap::new));
  }

  private Optional<String> read(String name) {
    try (InputStream in = anchor.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Script " + name + " cannot be read", e);
    }
  }
}
