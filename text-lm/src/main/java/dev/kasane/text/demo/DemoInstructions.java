package dev.kasane.text.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import dev.kasane.text.data.AlpacaTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The demo instruction set: product descriptions, asked for in Alpaca's form. */
public final class DemoInstructions {
  /** What every record asks for. */
  public static final String INSTRUCTION = "Describe this product for the catalogue.";

  private static final long TRAINING_SEED = 1001;
  private static final long HELD_OUT_SEED = 2002;

  /**
   * One record.
   *
   * @param name the product's name
   * @param noun what it is
   * @param input name, kind and material
   * @param output the description wanted
   */
  public record Task(String name, String noun, String input, String output) {
    /** What stands before the answer. */
    public String prompt() {
      return AlpacaTemplate.prompt(INSTRUCTION, input);
    }

    Map<String, String> record() {
      Map<String, String> record = new LinkedHashMap<>();
      record.put("instruction", INSTRUCTION);
      record.put("input", input);
      record.put("output", output);
      return record;
    }
  }

  private DemoInstructions() {}

  /** Records to train on, with different names. */
  public static List<Task> training(int count) {
    return tasks(count, TRAINING_SEED, Set.of());
  }

  /** Records with names that none of the first 10,000 training records has. */
  public static List<Task> heldOut(int count) {
    Set<String> known = new LinkedHashSet<>();
    training(10_000).forEach(task -> known.add(task.name()));
    return tasks(count, HELD_OUT_SEED, known);
  }

  private static List<Task> tasks(int count, long seed, Set<String> taken) {
    World world = World.load();
    Random random = new Random(seed);
    Set<String> names = new LinkedHashSet<>(taken);
    List<Task> tasks = new ArrayList<>();
    while (tasks.size() < count) {
      DemoProduct product = world.product(random);
      String output = description(product, random);
      // So many names are there that repeats are few; after many records they may come.
      if (names.add(product.name()) || taken.isEmpty() && names.size() > 5000) {
        tasks.add(new Task(product.name(), product.noun(), "Name: " + product.name() + ". Kind: " + product.noun()
            + ". Material: " + product.material() + ".", output));
      }
    }
    return tasks;
  }

  private static String description(DemoProduct product, Random random) {
    String first = "The " + product.name() + " is " + WorldText.article(product.quality() + " " + product.noun())
        + " made of " + product.material() + ".";
    String second = " It " + product.use() + ".";
    String third = World.pick(List.of(" You will love it " + product.place() + ".",
        " It looks good " + product.place() + "."), random);
    return first + second + third;
  }

  /**
   * Writes records as JSON lines.
   *
   * @throws UserException when the file cannot be written
   */
  public static void write(List<Task> tasks, Path file) {
    StringBuilder lines = new StringBuilder();
    try {
      for (Task task : tasks) {
        lines.append(Json.MAPPER.writeValueAsString(task.record())).append('\n');
      }
      PendingFile.replace(file, lines.toString());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UserException("Demo instructions " + file + " cannot be written: " + FileFaults.reason(e)
          + ". Choose another folder.", e);
    }
  }
}
