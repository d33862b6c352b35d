package dev.kasane.app.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class RecipeRoundTripTest {
  @Property(tries = 200)
  void anyTextComesBack(@ForAll @Size(min = 1, max = 4) List<@From("text") String> prompts)
      throws IOException {
    Path file = Files.createTempFile("recipe", ".yaml");
    try {
      ToyProgram first = new ToyProgram();
      Object[] arguments = Stream.concat(
          Stream.of("-d", "x", "--save-recipe", file),
          prompts.stream().map(prompt -> "--prompt=" + prompt)).toArray();
      assertThat(first.run(arguments)).isZero();
      ToyProgram second = new ToyProgram();

      assertThat(second.run("--recipe", file)).as(() -> second.err + read(file)).isZero();

      assertThat(second.toy.prompts).isEqualTo(first.toy.prompts);
    } finally {
      Files.delete(file);
    }
  }

  @Property(tries = 500)
  void noTextBreaksTheReader(@ForAll("yamlLike") String text) throws IOException {
    Path file = Files.createTempFile("recipe", ".yaml");
    try {
      Files.writeString(file, text);
      RecipeReader.read(file).entries().forEach(entry -> assertThat(entry.line()).isPositive());
    } catch (UserException e) {
      assertThat(e).hasMessageContaining(file.toString());
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<String> text() {
    return Arbitraries.strings().withCharRange(' ', '~').withChars('é', '猫', '\t', '\n', '—').ofMaxLength(30)
        // The parser takes a value that looks like one of the command's options for a forgotten value.
        .filter(text -> !text.startsWith("-"));
  }

  @Provide
  Arbitrary<String> yamlLike() {
    return Arbitraries.strings().withChars("ab: -[]{},&*!#|>'\"\\%@`?\n\t01").ofMaxLength(60);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
