package dev.kasane.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kasane.core.UserException;
import dev.kasane.core.natives.OwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuLibrariesTest {
  private static final String LIBRARY = "torch/lib/" + System.mapLibraryName("caffe2_nvrtc");

  @TempDir
  private Path folder;

  private GpuLibraries libraries(Path root) throws IOException {
    Files.createDirectories(root.resolve("torch/lib"));
    Files.writeString(root.resolve(LIBRARY), "no library");
    return new GpuLibraries("2.7.1", "12.6", Set.of(70, 80, 86, 90), root, Map.of(LIBRARY, 10L));
  }

  @Test
  void isFoundAsItWasWrittenDownAlsoAfterAMove() throws IOException {
    Path before = folder.resolve("before");
    libraries(before).write(before);
    Path after = Files.move(before, folder.resolve("after"));

    assertThat(GpuLibraries.in(after)).contains(libraries(after));
    assertThat(GpuLibraries.in(before)).isEmpty();
  }

  @Test
  void whatLiesElsewhereIsFoundThere() throws IOException {
    GpuLibraries elsewhere = libraries(folder.resolve("site-packages"));
    Path own = Files.createDirectory(folder.resolve("own"));
    elsewhere.write(own);

    assertThat(GpuLibraries.in(own)).contains(elsewhere);
    assertThat(elsewhere.size()).isEqualTo(10);
  }

  @Test
  void aRecordThatTellsNothingIsNamed() throws IOException {
    Files.writeString(folder.resolve("installed.json"), "{\"libtorch\": \"2.7.1\"}");
    assertThatThrownBy(() -> GpuLibraries.in(folder)).isInstanceOf(UserException.class)
        .hasMessageContainingAll("installed.json", "«gpu install»");
  }

  @Test
  void whatIsMissingCutShortOrOpenToOthersIsNamed() throws IOException {
    GpuLibraries libraries = libraries(folder);
    assertThat(libraries.fault()).isEmpty();
    Path file = folder.resolve(LIBRARY);
    Files.writeString(file, "no");
    assertThat(libraries.fault()).contains(file + " is not the file that was installed");
    Files.delete(file);
    assertThat(libraries.fault()).contains(file + " is missing");
    assertThat(libraries.load()).hasValueSatisfying(reason ->
        assertThat(reason).contains("libtorch for CUDA is not whole", "«gpu install» puts it anew"));

    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "no file modes here");
    libraries(folder);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(libraries.fault()).isEqualTo(OwnFiles.fault(file)).isPresent();
  }

  @Test
  void aLibraryThatDoesNotLoadIsAReasonAndNoError() throws IOException {
    assertThat(libraries(folder).load()).hasValueSatisfying(reason -> assertThat(reason)
        .startsWith("libtorch for CUDA in " + folder + " does not load: ").doesNotEndWith("."));
  }

  @Test
  void fitsGpusThatItHasKernelsFor() throws IOException {
    GpuLibraries libraries = libraries(folder);
    for (int capability : new int[] {70, 75, 80, 86, 89, 90}) {
      assertThat(libraries.misfit("2.7.1", capability)).isEmpty();
      assertThat(libraries.misfit("2.7.0", capability)).isEmpty();
    }
    assertThat(libraries.misfit("2.7.1", 120)).hasValueSatisfying(reason ->
        assertThat(reason).contains("no kernels for compute capability 12.0", "PYTORCH_LIBRARY_PATH"));
    assertThat(libraries.misfit("2.8.0", 80)).hasValueSatisfying(reason ->
        assertThat(reason).contains("libtorch 2.7.1", "works with 2.8.0", "«gpu install»"));
    assertThat(new GpuLibraries("2.7.1", "12.8", Set.of(), folder, Map.of()).misfit("2.7.1", 120)).isEmpty();
  }
}
