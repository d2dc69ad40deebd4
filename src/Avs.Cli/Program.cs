Console.WriteLine("avs");
