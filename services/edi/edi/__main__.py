from edi.main import SERVICE

SERVICE.main()
