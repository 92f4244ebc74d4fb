from denials.main import SERVICE

SERVICE.main()
