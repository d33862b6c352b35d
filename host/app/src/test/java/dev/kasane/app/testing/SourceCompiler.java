package dev.kasane.app.testing;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles Java sources that stand in a test. */
public final class SourceCompiler {
  private static final Pattern PACKAGE = Pattern.compile("package\\s+([\\w.]+)\\s*;");
  private static final Pattern TYPE = Pattern.compile("(?:class|interface|record|enum)\\s+(\\w+)");

  private SourceCompiler() {}

  /**
   * Compiles against the test's own class path.
   *
   * @param output where the classes go
   * @param options more options of javac
   * @param sources whole compilation units, each named after its first type
   */
  public static void compile(Path output, List<String> options, String... sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> all = new ArrayList<>(List.of("-d", output.toString(), "--release", "17",
        "-cp", System.getProperty("java.class.path")));
    all.addAll(options);
    StringWriter log = new StringWriter();
    List<JavaFileObject> units = Arrays.stream(sources).map(SourceCompiler::unit).toList();
    if (!compiler.getTask(log, null, null, all, null, units).call()) {
      throw new AssertionError("The test's sources do not compile: " + log);
    }
  }

  private static JavaFileObject unit(String source) {
    String name = group(PACKAGE, source).replace('.', '/') + "/" + group(TYPE, source);
    return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  private static String group(Pattern pattern, String source) {
    Matcher matcher = pattern.matcher(source);
    if (!matcher.find()) {
      throw new AssertionError("No " + pattern + " in " + source);
    }
    return matcher.group(1);
  }
}
