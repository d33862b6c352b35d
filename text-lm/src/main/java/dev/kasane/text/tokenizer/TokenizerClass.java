package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The class with which transformers 5 opens a tokeniser. Most of its classes take nothing from {@code
 * tokenizer.json} but vocabulary, joins and the marks around a text, and bring the rest themselves.
 */
enum TokenizerClass {
  /** The file as it stands. */
  AS_WRITTEN("PreTrainedTokenizerFast"),
  LLAMA("LlamaTokenizer", "bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"),
  CODE_LLAMA("CodeLlamaTokenizer", "bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>",
      "prefix_token", "\u2581<PRE>", "middle_token", "\u2581<MID>", "suffix_token", "\u2581<SUF>",
      "eot_token", "\u2581<EOT>", "fill_token", "<FILL_ME>"),
  GEMMA("GemmaTokenizer", "bos_token", "<bos>", "eos_token", "<eos>", "unk_token", "<unk>", "pad_token", "<pad>",
      "mask_token", "<mask>"),
  GPT2("GPT2Tokenizer", "bos_token", TokenizerClass.END, "eos_token", TokenizerClass.END,
      "unk_token", TokenizerClass.END),
  GPT_NEOX("GPTNeoXTokenizer", "bos_token", TokenizerClass.END, "eos_token", TokenizerClass.END,
      "unk_token", TokenizerClass.END, "pad_token", "<|padding|>"),
  QWEN2("Qwen2Tokenizer", "eos_token", TokenizerClass.END, "unk_token", TokenizerClass.END,
      "pad_token", TokenizerClass.END),
  QWEN3_5("Qwen3_5Tokenizer", "eos_token", TokenizerClass.END, "unk_token", TokenizerClass.END,
      "pad_token", TokenizerClass.END),
  COHERE("CohereTokenizer", "bos_token", "<BOS_TOKEN>", "eos_token", "<|END_OF_TURN_TOKEN|>", "unk_token", "<UNK>",
      "pad_token", "<PAD>", "cls_token", "<CLS>", "sep_token", "<SEP>", "mask_token", "<MASK_TOKEN>");

  private static final String END = "<|endoftext|>";
  private static final String FAST = "Fast";
  private static final String NAME = "tokenizer_class";
  /** The classes of transformers 5.24 with rules of their own that are not here. */
  private static final Set<String> ELSEWHERE = Set.of("Albert", "Bart", "Barthez", "Bartpho", "BertGeneration",
      "BertJapanese", "Bert", "Bertweet", "BigBird", "BioGpt", "Blenderbot", "BlenderbotSmall", "ByT5", "CLIP", "CTRL",
      "Camembert", "Canine", "Clvp", "CpmAnt", "Cpm", "DPRQuestionEncoder", "DebertaV2", "Deberta", "Dia", "DistilBert",
      "Electra", "Esm", "Esmc", "FSMT", "Flaubert", "Funnel", "GPTNeoXJapanese", "GPTSw3", "Herbert", "LED", "Lasr",
      "LayoutLM", "LayoutLMv2", "LayoutLMv3", "LayoutXLM", "Longformer", "Luke", "Lxmert", "M2M100", "MBart50",
      "MBart", "MLuke", "MPNet", "Marian", "MarkupLM", "Mgpstr", "MobileBert", "Mvp", "MyT5", "Nllb", "Nougat",
      "OpenAIGPT", "PLBart", "Pegasus", "Perceiver", "Phobert", "ProphetNet", "Rag", "Reformer", "RemBert", "RoCBert",
      "RoFormer", "Roberta", "SeamlessM4T", "Siglip2", "Siglip", "Speech2Text", "SpeechT5", "Splinter", "SqueezeBert",
      "T5", "Tapas", "Udop", "Vits", "Wav2Vec2CTC", "Wav2Vec2PhonemeCTC", "Whisper", "XGLM", "XLMRoberta", "XLM",
      "XLNet");
  /** What transformers takes for a model's type where no class is named. */
  private static final Map<String, TokenizerClass> REGISTERED = Map.of("gpt2", GPT2, "opt", GPT2,
      "gpt_neox", GPT_NEOX, "gemma2", GEMMA, "qwen2", QWEN2);

  private final String className;
  /** The marks that it has where the configuration does not speak of them, by name. */
  private final Map<String, String> marks = new LinkedHashMap<>();

  TokenizerClass(String className, String... namesAndTexts) {
    this.className = className;
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      marks.put(namesAndTexts[i], namesAndTexts[i + 1]);
    }
  }

  /**
   * The class for a folder: the one that {@code tokenizer_config.json} or {@code config.json} names, else that of the
   * model's type; for Qwen 2 always its own, for Mistral always the file as it stands, and so for a Llama
   * whose file is byte-level.
   *
   * @param byteLevel whether there is a tokenizer.json that works with bytes
   * @throws UserException when transformers has rules of its own for the class, which are not here
   */
  static TokenizerClass of(Path folder, boolean byteLevel) {
    ObjectNode model = TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.MODEL));
    Path configuration = folder.resolve(TokenizerFiles.CONFIGURATION);
    String type = model.path("model_type").asText();
    String name = TokenizerFiles.readObjectIfThere(configuration).path(NAME)
        .asText(model.path(NAME).asText(""));
    TokenizerClass registered = REGISTERED.getOrDefault(type, AS_WRITTEN);
    if (type.equals("mistral")) {
      return AS_WRITTEN;
    }
    if (name.isEmpty() || name.equals("null") || registered == QWEN2) {
      return registered;
    }
    TokenizerClass named = named(name, configuration);
    return named == LLAMA && byteLevel ? AS_WRITTEN : named;
  }

  private static TokenizerClass named(String name, Path configuration) {
    String plain = name.endsWith(FAST) ? name.substring(0, name.length() - FAST.length()) : name;
    Optional<TokenizerClass> known =
        Arrays.stream(values()).filter(value -> value.className.equals(plain)).findFirst();
    if (known.isEmpty() && plain.endsWith("Tokenizer")
        && ELSEWHERE.contains(plain.substring(0, plain.length() - "Tokenizer".length()))) {
      throw new UserException(configuration + ": the tokeniser is of the class " + name + ", whose rules this program"
          + " does not have. If tokenizer.json is to be taken as it stands, set \"" + NAME
          + "\" to \"" + AS_WRITTEN.className + "\".");
    }
    return known.orElse(AS_WRITTEN);
  }

  /** Names the marks that the class has where the settings do not speak of them. */
  void addDefaults(SideFiles files) {
    Map<String, AddedToken> read = new LinkedHashMap<>(files.specific());
    files.specific().clear();
    marks.forEach((name, text) -> {
      if (!SideFiles.ROLES.contains(name)) {
        files.specific().put(name, AddedToken.mark(text));
      } else if (!files.settings().has(name)) {
        files.settings().put(name, text);
      }
    });
    files.specific().putAll(read);
  }

  /** Adds once more what the class adds at the end. */
  void addAgain(SideFiles files, AddedVocabulary vocabulary) {
    if (this == QWEN2) {
      files.named().values().forEach(token -> vocabulary.add(AddedToken.mark(token.content())));
      files.extra().forEach(token -> vocabulary.add(AddedToken.mark(token.content())));
    } else if (this == COHERE) {
      files.named().values().forEach(token -> vocabulary.add(token.asMark()));
      files.extra().forEach(token -> vocabulary.add(token.asMark()));
    }
  }

  /** The name of the class. */
  String className() {
    return className;
  }
}
