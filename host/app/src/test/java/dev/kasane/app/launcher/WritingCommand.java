package dev.kasane.app.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that writes, as it is run in a folder of its own.
 *
 * @param arguments of the launcher; results have relative names
 * @param results what it writes, files and folders
 * @param replaces whether it takes the place of what is there already
 */
record WritingCommand(List<String> arguments, List<String> results, boolean replaces) {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final String BASE = ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny").toString();
  private static final String DATA = ROOT.resolve("sample-images").toString();

  private static WritingCommand of(String result, boolean replaces, String... arguments) {
    return new WritingCommand(List.of(arguments), List.of(result), replaces);
  }

  /** Makes the adapter that the others begin with, and is one of them. */
  static WritingCommand training() {
    return new WritingCommand(List.of("train", "image", "--base", BASE, "--data", DATA, "--out", "run", "--name", "a",
        "--steps", "4", "--checkpoint-every", "1", "--no-samples", "--cache", "cache", "--save-recipe", "recipe.yaml"),
        List.of("run/a.safetensors"), false);
  }

  /**
   * All commands that write.
   *
   * @param inputs has {@code a.safetensors}, the adapter, {@code merged}, the base with it, and {@code lines.jsonl}
   */
  static List<WritingCommand> all(Path inputs) {
    String adapter = inputs.resolve("a.safetensors").toString();
    String merged = inputs.resolve("merged").toString();
    List<WritingCommand> all = new ArrayList<>();
    all.add(training());
    all.add(of("text/t", false, "train", "text", "--data",
        inputs.resolve("lines.jsonl").toString(), "--out", "text", "--name", "t", "--steps", "4", "--checkpoint-every",
        "1", "--no-samples"));
    all.add(of("m", false, "merge", "--base", BASE, "--adapter", adapter, "--out", "m"));
    all.add(of("u", false, "unmerge", "--base", merged, "--adapter", adapter, "--out", "u"));
    all.add(of("q", false, "quantize", BASE, "q", "--type", "nf4"));
    all.add(of("q.safetensors", false, "quantize", merged + "/unet/diffusion_pytorch_model.safetensors",
        "q.safetensors", "--type", "int8"));
    all.add(of("p", true, "convert", "--overwrite", "--to", "peft", "--base", BASE, adapter, "p"));
    all.add(of("d.safetensors", true, "convert", "--overwrite", "--to", "diffusers", "--base", BASE, adapter,
        "d.safetensors"));
    all.add(of("k.safetensors", true, "convert", "--overwrite", "--to", "kohya", "--dtype", "float32", "--base", BASE,
        adapter, "k.safetensors"));
    all.add(of("x.safetensors", true, "extract", "--base", BASE, "--tuned", merged, "--rank", "2", "--overwrite",
        "--out", "x.safetensors"));
    all.add(of("r.safetensors", true, "resize", adapter, "--rank", "2", "--base", BASE, "--overwrite", "--out",
        "r.safetensors"));
    all.add(of("mix", true, "mix", adapter, adapter, "--base", BASE, "--to", "peft", "--overwrite", "--out", "mix"));
    all.add(of("base", false, "demo-base", "--text", "--text-steps", "2", "--out", "base"));
    all.add(of("g.png", true, "generate", "image", "--base", BASE, "--prompt", "x", "--steps", "1", "--seed", "7",
        "--overwrite", "--out", "g.png"));
    return all;
  }

  List<String> command() {
    List<String> command = new ArrayList<>(List.of(KasaneProcess.LAUNCHER.toString()));
    command.addAll(arguments);
    return command;
  }
}
