using System.Collections.Frozen;

namespace Avs.Eval.Evaluation;

/// <summary>What kind of thing sounds, as AVSBench-Robust divides it.</summary>
public enum BroadCategory
{
    Music,
    Human,
    Animal,
    Device,
}

/// <summary>
/// The broad category of each category of AVSBench (S4's folders and the objects that AVSS and MS3 name; AVSBench-Robust's own division,
/// which puts 'background' and every vehicle and weapon among the devices) and of AVS-Stamps.
/// </summary>
public static class BroadCategories
{
    private static readonly FrozenDictionary<string, BroadCategory> Known = Table().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The broad category of a category; null where it is not known.</summary>
    public static BroadCategory? Find(string category) => Known.TryGetValue(category, out var broad) ? broad : null;

    private static Dictionary<string, BroadCategory> Table()
    {
        var table = new Dictionary<string, BroadCategory>(StringComparer.Ordinal);
        void Add(BroadCategory broad, string names)
        {
            foreach (var name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                table[name] = broad;
        }

        // AVSBench, S4.
        Add(BroadCategory.Music, "playing_acoustic_guitar playing_glockenspiel playing_piano playing_tabla playing_ukulele playing_violin");
        Add(BroadCategory.Human, "baby_laughter female_singing male_speech");
        Add(BroadCategory.Animal,
            "cat_meowing coyote_howling dog_barking horse_clip-clop lions_roaring mynah_bird_singing");
        Add(BroadCategory.Device, "ambulance_siren cap_gun_shooting chainsawing_trees driving_buses helicopter lawn_mowing race_car "
            + "typing_on_computer_keyboard");

        // AVSBench, MS3.
        Add(BroadCategory.Music, "guitar marimba piano tabla ukulele violin");
        Add(BroadCategory.Human, "baby man woman");
        Add(BroadCategory.Animal, "bird cat dog lion wolf");
        Add(BroadCategory.Device, "background bus car emergency-car gun keyboard mower saw");

        // AVS-Stamps.
        Add(BroadCategory.Music, "cello cymbal drumkit tomtom");
        Add(BroadCategory.Animal,
            "badger bear bison blackbird bull camel caribou chimp cow crow cuckoo deer doe dolphin donkey drake "
            + "duck elephant ferret fox frog gander goat gorilla grasshopper hen heron hippopotamus hornet horse "
            + "koala lamb lark mouse orca owl penguin pig quetzal rabbit rooster sea_lion seagull sheep squirrel "
            + "tiger toucan turkey vulture whale xanthia zebra");
        Add(BroadCategory.Device, "camera firetruck hammer kettle mallet scissors toilet");
        return table;
    }
}
