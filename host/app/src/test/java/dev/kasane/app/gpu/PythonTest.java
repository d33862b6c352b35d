package dev.kasane.app.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonTest {
  @TempDir
  private Path folder;

  @BeforeEach
  void needsAShell() {
    assumeTrue(File.separatorChar == '/', "the Python of this test is a shell script");
  }

  private Python python(String script) throws IOException {
    Path file = Files.writeString(folder.resolve("python3"), "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return Python.find("relative:.::" + folder.resolve("none") + ":" + folder).orElseThrow();
  }

  @Test
  void isFoundOnThePathAndAskedInAFolderThatNobodyElseFills() throws IOException {
    Python python = python("pwd\necho /\"$#\"\necho relative");
    assertThat(python.program()).isEqualTo(folder.resolve("python3"));
    assertThat(python.modules()).containsExactly(Path.of("/"), Path.of("/2"));
    assertThat(Python.find("")).isEmpty();
  }

  @Test
  void tellsTheIndexOfItsPip() throws IOException {
    assertThat(python("""
        test "$*" = "-m pip install --help" || exit 1
        echo "Package Index Options:"
        echo "  -i, --index-url <url>       Base URL of the Python Package Index (default"
        echo "                              https://index.example/simple). This should point"
        echo "  --extra-index-url <url>     (default https://other.example)"
        """).index()).contains("https://index.example/simple");
    assertThat(python("echo No module named pip >&2; exit 1").index()).isEmpty();
    assertThat(python("echo nothing").index()).isEmpty();
  }

  @Test
  void theTorchThatPythonWouldTakeIsLookedAtAndNotRun() throws IOException {
    Path packages = folder.resolve("site-packages");
    Files.createDirectories(packages.resolve("torch"));
    Files.writeString(packages.resolve("torch/version.py"), """
        from typing import Optional

        __all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
        __version__ = '2.7.1+cu126'
        debug = False
        cuda: Optional[str] = '12.6'
        """);
    Python python = python("echo " + folder.resolve("empty") + "; echo " + packages);
    assertThat(PythonTorch.find(python)).contains(new PythonTorch(packages, "2.7.1", Optional.of("12.6")));

    Files.writeString(packages.resolve("torch/version.py"), "__version__ = '2.9.0'\ncuda = None\n");
    assertThat(PythonTorch.find(python)).contains(new PythonTorch(packages, "2.9.0", Optional.empty()));
    Files.writeString(packages.resolve("torch/version.py"), "something else");
    assertThat(PythonTorch.find(python)).isEmpty();
    assertThat(PythonTorch.find(python("exit 3"))).isEmpty();
  }
}
