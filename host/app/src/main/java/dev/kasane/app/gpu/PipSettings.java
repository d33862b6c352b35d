package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What the user's pip is told about indexes and the way to them: by its configuration files and, above these, by
 * variables ({@code PIP_INDEX_URL}). pip itself is not needed.
 */
final class PipSettings {
  private static final String NOWHERE = "/dev/null";

  private final UnaryOperator<String> environment;
  private final Map<String, String> values = new HashMap<>();

  private PipSettings(UnaryOperator<String> environment) {
    this.environment = environment;
  }

  /**
   * Reads them.
   *
   * @param environment variables of the process; null where there is none
   * @param home of the user
   */
  static PipSettings read(UnaryOperator<String> environment, Path home) {
    PipSettings settings = new PipSettings(environment);
    for (Path file : settings.files(home)) {
      if (Files.isRegularFile(file)) {
        settings.values.putAll(PipFile.read(file));
      }
    }
    for (String name : List.of("index-url", "extra-index-url", "cert", "proxy")) {
      settings.variable("PIP_" + name.toUpperCase(Locale.ROOT).replace('-', '_'))
          .ifPresent(value -> settings.values.put(name, value));
    }
    return settings;
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.apply(name)).filter(value -> !value.isBlank());
  }

  /** pip's files, the weakest first. */
  private List<Path> files(Path home) {
    Optional<String> own = variable("PIP_CONFIG_FILE");
    if (own.equals(Optional.of(NOWHERE))) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    Stream.of(variable("XDG_CONFIG_DIRS").orElse("/etc/xdg").split(":"))
        .forEach(folder -> files.add(Path.of(folder, "pip/pip.conf")));
    files.add(Path.of("/etc/pip.conf"));
    variable("ProgramData").ifPresent(folder -> files.add(Path.of(folder, "pip/pip.ini")));
    files.add(home.resolve(".pip/pip.conf"));
    files.add(home.resolve("pip/pip.ini"));
    variable("APPDATA").ifPresent(folder -> files.add(Path.of(folder, "pip/pip.ini")));
    files.add(variable("XDG_CONFIG_HOME").map(Path::of).orElse(home.resolve(".config")).resolve("pip/pip.conf"));
    files.add(home.resolve("Library/Application Support/pip/pip.conf"));
    variable("VIRTUAL_ENV").ifPresent(folder -> {
      files.add(Path.of(folder, "pip.conf"));
      files.add(Path.of(folder, "pip.ini"));
    });
    own.ifPresent(file -> files.add(Path.of(file)));
    return files;
  }

  /** The indexes that are configured, the first one first; none where pip would take its own default. */
  List<String> indexes() {
    return Stream.of("index-url", "extra-index-url").map(values::get).filter(value -> value != null)
        .flatMap(value -> Arrays.stream(value.strip().split("\\s+"))).toList();
  }

  /** Whether the first index is configured. */
  boolean hasIndex() {
    return values.containsKey("index-url");
  }

  /** The file with the certificates to trust, in the place of Java's own. */
  Optional<Path> certificates() {
    try {
      return Optional.ofNullable(values.get("cert")).or(() -> variable("REQUESTS_CA_BUNDLE")).map(Path::of);
    } catch (InvalidPathException e) {
      throw new UserException("pip's setting 'cert' names no file: " + e.getMessage() + ".", e);
    }
  }

  /** The proxy on the way to an address, if there is one. */
  Optional<URI> proxy(URI address) {
    String scheme = address.getScheme();
    return Optional.ofNullable(values.get("proxy")).or(() -> isExempt(address.getHost()) ? Optional.empty()
        : Stream.of(scheme + "_proxy", scheme.toUpperCase(Locale.ROOT) + "_PROXY", "all_proxy", "ALL_PROXY")
            // A web server may set the upper-case one for its programs by a header.
            .filter(name -> !name.equals("HTTP_PROXY")).map(this::variable).flatMap(Optional::stream).findFirst())
        .map(PipSettings::server);
  }

  private static URI server(String proxy) {
    try {
      URI server = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
      if (Http.isWeb(server)) {
        return server;
      }
    } catch (IllegalArgumentException e) {
      throw new UserException("The proxy '" + proxy + "' is no address: " + e.getMessage() + ".", e);
    }
    throw new UserException("The proxy '" + proxy + "' is none for the web, such as http://proxy:3128.");
  }

  private boolean isExempt(String host) {
    String all = variable("no_proxy").or(() -> variable("NO_PROXY")).orElse("");
    return Arrays.stream(all.split(",")).map(String::strip).filter(each -> !each.isEmpty()).anyMatch(each ->
        each.equals("*") || host.equals(each) || host.endsWith((each.startsWith(".") ? "" : ".") + each));
  }
}
