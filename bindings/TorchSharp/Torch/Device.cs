namespace TorchSharp;

public static partial class torch
{
    /// <summary>Where tensors live: a kind of device and, where there are several, its number (-1: the current one).</summary>
    public class Device : IEquatable<Device>
    {
        /// <summary>From a description such as <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
        public Device(string description)
        {
            var parts = description.Split(':');
            if (parts.Length > 2 || !Enum.TryParse<DeviceType>(parts[0], ignoreCase: true, out var kind) || char.IsDigit(description, 0))
                throw new ArgumentException($"'{description}' is not a device: expected cpu, cuda or cuda:0");
            type = kind;
            index = -1;
            if (parts.Length == 2)
            {
                index = int.TryParse(parts[1], out var number) && number >= 0
                    ? number
                    : throw new ArgumentException($"'{description}' is not a device: expected cpu, cuda or cuda:0");
            }
        }

        public Device(string deviceType, int index = -1)
            : this(deviceType)
        {
            this.index = index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        /// <summary>The CUDA device of that number.</summary>
        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        /// <inheritdoc/>
        public bool Equals(Device? other) => other is not null && type == other.type && index == other.index;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as Device);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(type, index);

        /// <inheritdoc/>
        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index == -1 ? name : $"{name}:{index}";
        }
    }

    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device CUDA = new(DeviceType.CUDA);
    public static readonly Device META = new(DeviceType.META);

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);
}
