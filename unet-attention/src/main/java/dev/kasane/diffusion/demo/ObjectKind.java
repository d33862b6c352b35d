package dev.kasane.diffusion.demo;

/** What can stand in a scene: silhouettes that are told apart at 30 pixels and look fine in any colour. */
public enum ObjectKind {
  BALL("ball", "balls"),
  CUBE("cube", "cubes"),
  STAR("star", "stars"),
  HEART("heart", "hearts"),
  TREE("tree", "trees"),
  HOUSE("house", "houses"),
  FISH("fish", "fish"),
  CAT("cat", "cats"),
  BOAT("boat", "boats"),
  CAR("car", "cars"),
  MUSHROOM("mushroom", "mushrooms"),
  FLOWER("flower", "flowers");

  private final String singular;
  private final String plural;

  ObjectKind(String singular, String plural) {
    this.singular = singular;
    this.plural = plural;
  }

  /** The noun for {@code count} of them, without article or number. */
  public String noun(int count) {
    return count == 1 ? singular : plural;
  }
}
